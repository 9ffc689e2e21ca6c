import Data
import NN
import Tensor

/// Shows where a model sees a class in photos, or what raises a number that it predicts.
///
/// ```swift
/// let explainer = try PhotoExplainer(model)
/// let explanation = try explainer.explain(contentsOfFile: "cat.jpg")
/// try explanation.sheet().write(to: "explained.png")
/// ```
public struct PhotoExplainer: Sendable {
  /// A way to find what matters.
  public enum Method: String, CaseIterable, Sendable {
    /// Grad-CAM; see `ActivationMap.Method`.
    case gradCAM = "grad-cam"
    /// Layer-CAM; see `ActivationMap.Method`.
    case layerCAM = "layer-cam"
    /// Integrated gradients: the sum of the shares of the three colours.
    case integratedGradients = "integrated-gradients"
    /// Occlusion by squares of an eighth of the shorter side.
    case occlusion
  }

  /// The model, with what each photo needs.
  public let predictor: PhotoPredictor
  /// The layer whose feature maps Grad-CAM and Layer-CAM weight, as `innerLayers` name it.
  public let layer: String?
  private let steps: Int

  /// Prepares a model.
  ///
  /// - Parameters:
  ///   - model: a model that tells classes or predicts numbers, and knows its preprocessing.
  ///   - layer: the layer that makes the feature maps; `lastFeatureLayer` by default, if the model has a convolution.
  ///   - steps: of integrated gradients.
  /// - Throws: ``ClassifyError`` if the model cannot answer for photos, `ModelError` and `ExplanationError` if it has no such layer.
  public init(_ model: Model, layer: String? = nil, steps: Int = 50) throws {
    predictor = try PhotoPredictor(model)
    self.steps = steps
    if let layer {
      guard let found = model.innerLayers.first(where: { $0.path == layer }) else {
        throw ModelError.noLayer(layer, known: model.innerLayers.map(\.path))
      }
      guard found.outputShape.rank == 3 else {
        throw ExplanationError.noFeatureMaps(layer: layer, shape: found.outputShape)
      }
      self.layer = layer
    } else {
      self.layer = try? model.lastFeatureLayer()
    }
  }

  /// The model.
  public var model: Model { predictor.model }

  /// Where a class is seen in a photo, or what raises a number.
  ///
  /// - Parameters:
  ///   - photo: the photo.
  ///   - name: the class, by default the most likely one; or the number, by default the first one.
  ///   - methods: the ways to find what matters, all by default.
  /// - Throws: ``ClassifyError``, `ExplanationError`, and ``PhotoExplanationError`` for an unknown name.
  public func explain(
    _ photo: Image, of name: String? = nil, methods: [Method] = Method.allCases
  ) throws -> PhotoExplanation {
    try explain(predictor.preprocessing(photo), of: photo, name, methods)
  }

  /// Where a class is seen in the photo in a file, or what raises a number. It becomes the same input as in
  /// ``PhotoPredictor/predict(contentsOfFile:limits:)``, so the answer is the same.
  ///
  /// - Throws: as `explain(_:of:methods:)`, and `ImageError` when the file cannot be used.
  public func explain(
    contentsOfFile path: String, limits: ImageLimits = .standard, of name: String? = nil,
    methods: [Method] = Method.allCases
  ) throws -> PhotoExplanation {
    try explain(
      decoding: readImageFile(path, limits: limits), path: path, limits: limits, of: name, methods: methods)
  }

  /// Where a class is seen in a photo, or what raises a number. It becomes the same input as in
  /// ``PhotoPredictor/input(decoding:path:limits:)``, so the answer is the same.
  ///
  /// - Parameters:
  ///   - bytes: the content of the photo's file.
  ///   - path: what an error names as the source.
  ///   - limits: the largest photo to decode.
  /// - Throws: as `explain(_:of:methods:)`, and `ImageError` when the bytes hold no photo, are damaged or exceed `limits`.
  public func explain(
    decoding bytes: [UInt8], path: String = "bytes in memory", limits: ImageLimits = .standard,
    of name: String? = nil, methods: [Method] = Method.allCases
  ) throws -> PhotoExplanation {
    // The input may be made of a part of a JPEG's pixels. The photo to draw on has all of them.
    let input = try predictor.input(decoding: bytes, path: path, limits: limits)
    let photo = try Image(
      decoding: bytes, path: path, background: predictor.preprocessing.background, limits: limits)
    return try explain(input, of: photo, name, methods)
  }

  private func explain(
    _ input: Tensor<Float>, of photo: Image, _ name: String?, _ methods: [Method]
  ) throws -> PhotoExplanation {
    let answer = try predictor.predict(input: input)
    let (explained, output) = try answer.part(named: name, classes: model.classes)
    let preprocessing = predictor.preprocessing
    let x = input.expandingShape(at: 0)
    var (maps, error): ([PhotoExplanation.Map], Float?) = ([], nil)
    for method in methods {
      let values: Tensor<Float>
      switch method {
      case .gradCAM, .layerCAM:
        values = try model.activationMap(
          of: output, in: x, layer: layer, method: method == .gradCAM ? .gradCAM : .layerCAM
        ).values
      case .integratedGradients:
        let shares = try model.integratedGradients(of: output, in: x, baseline: nothing, steps: steps)
        values = shares.values.sum([0])
        error = shares.completenessError / max(abs(shares.scoreDifference), .leastNormalMagnitude)
      case .occlusion:
        let side = max(min(preprocessing.imageSize.height, preprocessing.imageSize.width) / 8, 1)
        values = try model.occlusionMap(
          of: output, in: x, side: side, stride: max(side / 2, 1),
          cover: (0..<3).map { nothing[$0, 0, 0] })
      }
      maps.append(PhotoExplanation.Map(method: method, values: values))
    }
    return PhotoExplanation(
      photo: photo, input: input, answer: answer, explained: explained, output: output, maps: maps,
      frame: preprocessing.frame(ofPhoto: ImageSize(height: photo.height, width: photo.width)),
      completenessError: error)
  }

  /// An input that shows nothing: mid-gray.
  private var nothing: Tensor<Float> {
    let size = predictor.preprocessing.imageSize
    return predictor.preprocessing(
      Image(
        width: size.width, height: size.height, pixels: [UInt8](repeating: 128, count: 3 * size.width * size.height)))
  }
}
