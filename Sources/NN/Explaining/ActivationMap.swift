import Autograd
import Tensor

/// Where a convolutional network sees a class, or what raises a number that it predicts: a value for each position of a
/// layer's feature maps, 0 or above.
public struct ActivationMap: Sendable {
  /// How feature maps are weighted.
  public enum Method: String, CaseIterable, Sendable {
    /// Grad-CAM (Selvaraju et al. 2017, equations 1 and 2): ReLU(Σ_k α_k A_k), where α_k is the mean over all positions of the
    /// gradient of the class's score, or of the number, by A_k. Smooth, and coarse.
    case gradCAM = "grad-cam"
    /// Layer-CAM (Jiang et al. 2021, equations 5 to 7): ReLU(Σ_k ReLU(g_k) A_k), with the gradient g_k of each
    /// position. Finer, also in early layers.
    case layerCAM = "layer-cam"
  }

  /// The map, `[h, w]`.
  public let values: Tensor<Float>
  /// The layer whose feature maps it is made of.
  public let layer: String
}

extension Model {
  /// Where the model sees a class in an image, or what raises a number that it predicts.
  ///
  /// Cost: one forward pass, and the way back from the score to the layer.
  ///
  /// - Parameters:
  ///   - output: the class or the number to explain.
  ///   - x: one image, `[1, C, H, W]`.
  ///   - layer: the layer that makes the feature maps, as ``innerLayers`` name it; ``lastFeatureLayer`` by default.
  ///   - method: how the feature maps are weighted.
  /// - Throws: ``ExplanationError``, and ``ModelError/noLayer(_:known:)``.
  public func activationMap(
    of output: ExplainedOutput, in x: Tensor<Float>, layer: String? = nil, method: ActivationMap.Method = .gradCAM
  ) throws -> ActivationMap {
    let score = try ExplainedScore(output, of: self)
    try score.check(x)
    let layer = try layer ?? lastFeatureLayer()
    let (maps, gradient) = try values(of: layer, for: score, x)
    let weighted: Tensor<Float> =
      switch method {
      case .gradCAM: gradient.mean([2, 3], keepingAxes: true) * maps
      case .layerCAM: gradient.relu() * maps
      }
    return ActivationMap(values: weighted.sum([0, 1]).relu(), layer: layer)
  }

  /// What a layer makes of an image: its feature maps `[C, h, w]`.
  ///
  /// - Throws: ``ExplanationError``, and ``ModelError/noLayer(_:known:)``.
  public func featureMaps(of layer: String, for x: Tensor<Float>) throws -> Tensor<Float> {
    let score = try ExplainedScore(.number(0), of: self)
    try score.check(x)
    let tap = try tapped(at: layer)
    let shape = tap.inputShapes[1]
    guard shape.rank == 3 else { throw ExplanationError.noFeatureMaps(layer: layer, shape: shape) }
    return tap.outputs(of: [x, Tensor(zeros: Shape([1] + shape))])[0].select(0)
  }

  /// The feature maps of a layer, `[1, C, h, w]`, and the gradient of the score by them.
  private func values(
    of layer: String, for score: ExplainedScore, _ x: Tensor<Float>
  ) throws -> (maps: Tensor<Float>, gradient: Tensor<Float>) {
    let tap = try tapped(at: layer)
    let shape = tap.inputShapes[1]
    guard shape.rank == 3 else { throw ExplanationError.noFeatureMaps(layer: layer, shape: shape) }
    let shift = Variable(tracking: Tensor<Float>(zeros: Shape([1] + shape)))
    let outputs = tap.outputs(of: [Variable(x), shift], Context(.inference))
    let value = score.scores(outputs[1])
    guard value.needsGradient, let gradient = value.sum().gradients()[shift] else {
      throw ExplanationError.noInfluence(layer: layer)
    }
    let maps = outputs[0].value
    guard (gradient.scalars + maps.scalars).allSatisfy(\.isFinite) else { throw ExplanationError.notFinite }
    return (maps, gradient)
  }

  /// The last layer that still has the positions of the last convolution with more than one position: the convolution, or what
  /// normalizes, activates, adds or joins its result. Its feature maps know most about the classes, and still where.
  ///
  /// - Throws: ``ExplanationError/noConvolution``.
  public func lastFeatureLayer() throws -> String {
    let calls = SpelledOutModel(self).calls
    let convolutions = calls.indices.filter { calls[$0].layer.isConvolutionOfImages && calls[$0].outputShape.rank == 3 }
    // A convolution behind the pooling, as at the end of MobileNetV3, has one position, and no longer knows where.
    guard
      var place = convolutions.last(where: { calls[$0].outputShape.dropFirst().reduce(1, *) > 1 }) ?? convolutions.last
    else { throw ExplanationError.noConvolution }
    let positions = calls[place].outputShape.dropFirst()
    for (index, call) in calls.enumerated().dropFirst(place + 1) {
      let takesIt = call.inputs.contains { $0.identity == calls[place].outputs[0].identity }
      // Attention mixes the positions.
      guard takesIt, call.outputShape.rank == 3, call.outputShape.dropFirst().elementsEqual(positions),
        !(call.layer is MultiHeadAttention)
      else { continue }
      place = index
    }
    return calls[place].path
  }
}

extension Layer {
  /// Whether the layer is a convolution of images.
  fileprivate var isConvolutionOfImages: Bool {
    self is any ImageConvolution || self is SeparableConv2D || self is Conv2DTranspose
  }
}
