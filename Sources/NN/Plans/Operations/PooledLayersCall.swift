import Autograd
import Tensor

/// The mean of each channel of an image, and layers on single pixels behind it, through which no gradient flows: in one
/// operation, since each of them is little work.
///
/// Weights in the order of the kernels are kept until a value that they were made of changes.
final class PooledLayersCall: PlanOperation, Sendable {
  /// A layer behind the pooling.
  enum Part: Sendable {
    case convolution(InferredConvolution)
    case dense(Dense)
  }

  private let parts: [Part]
  /// The shape of an example of the result.
  private let shape: Shape
  private let layers: PreparedValue<[PixelLayer]>

  init(_ parts: [Part], shape: Shape) {
    (self.parts, self.shape) = (parts, shape)
    layers = PreparedValue(of: parts.flatMap(\.sources))
  }

  /// The result for images `[N, C, H, W]`.
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let images = inputs[0].value
    require(images.rank == 4, "GlobalAveragePool2D: images [N, C, H, W] are needed, found \(images.shape)")
    let result = images.channelMeans(through: layers.value { parts.map(\.layer) })
    return [Variable(result.reshaped(to: [images.shape[0]] + shape))]
  }
}

extension PooledLayersCall.Part {
  /// The layer of a step on inputs of a shape, of one pixel; `nil` if it is another one, or does more.
  init?(_ step: PlanDraft.Step, on shape: Shape) {
    if let operation = step.operation as? InferredConvolution, operation.parts.isPixelLayer,
      Array(shape.dropFirst()) == [1, 1]
    {
      self = .convolution(operation)
    } else if let layer = step.calledLayer as? Dense, layer.activityRegularizer == nil,
      EpilogueActivation(layer.activation) != nil, shape.rank == 1
    {
      self = .dense(layer)
    } else {
      return nil
    }
  }

  /// The shape of an example of the result.
  var shape: Shape {
    switch self {
    case .convolution(let operation): [operation.parts.products.weightShape[0], 1, 1]
    case .dense(let layer): [layer.weight.value.shape[1]]
    }
  }

  fileprivate var sources: [TensorStorage] {
    switch self {
    case .convolution(let operation): operation.sources
    case .dense(let layer): [layer.weight.storage, layer.bias?.storage].compactMap(\.self)
    }
  }

  fileprivate var layer: PixelLayer {
    switch self {
    case .convolution(let operation):
      let (weight, bias) = operation.folded()
      return PixelLayer(
        weight: weight, bias: bias, activation: EpilogueActivation(operation.parts.activation) ?? .linear)
    case .dense(let layer):
      return PixelLayer(
        weight: layer.filters, bias: layer.bias?.value, activation: EpilogueActivation(layer.activation) ?? .linear)
    }
  }
}

extension InferredParts {
  /// Whether the parts are products on single pixels, numbers of the channels and one function.
  fileprivate var isPixelLayer: Bool {
    guard case .nothing = before else { return false }
    let keepsSize = window.size.area == 1 && window.stride == 1 && (window.padding == .valid || window.padding == .same)
    return keepsSize && products.groups == 1 && !pools && affine == nil && !adds && last == .linear
      && EpilogueActivation(activation) != nil
  }
}
