import Autograd
import Tensor

/// A fully connected layer that no gradient flows through, on the features of vectors or sequences: a convolution of images
/// of one pixel each, whose filters are brought into the order of the kernels once and kept until the weight changes.
///
/// A product of matrices copies its right factor into that order in each call. For a batch of one that takes longer than
/// the product itself.
final class InferredDense: PlanOperation, Sendable {
  private let layer: Dense
  private let filters: PreparedValue<PreparedFilters>

  /// Sizes of weights for which this is faster: there are several panels of units to share among threads, and the second
  /// copy of the weight is of less than 64 MB.
  private static let sizes = 1 << 16...1 << 24
  private static let fewestUnits = 64

  /// `nil` where the product of matrices is as good.
  init?(_ layer: Dense) {
    guard let shape = layer.weight.storage.value?.shape, shape[1] >= Self.fewestUnits,
      Self.sizes.contains(shape.elementCount)
    else { return nil }
    self.layer = layer
    filters = PreparedValue(of: [layer.weight.storage])
  }

  /// The result for an input `[N, features]` or `[N, T, features]`.
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let x = inputs[0].value
    let (features, units) = (layer.weight.value.shape[0], layer.weight.value.shape[1])
    guard (2...3).contains(x.shape.rank), x.shape.last == features, x.count > 0 else {
      return [layer(inputs[0], context)]
    }
    let rows = x.count / features
    let fused = FusedConvolution(
      input: [rows, features, 1, 1], weight: [units, features, 1, 1], window: Window(1), needsInputGradient: false)
    guard let fused else { return [layer(inputs[0], context)] }
    let activation = EpilogueActivation(layer.activation)
    let result = fused.output(
      x.reshaped(to: [rows, features, 1, 1]), filters: filters.value { fused.prepare(layer.filters) },
      bias: layer.bias?.value,
      epilogue: ConvolutionEpilogue(activation: activation ?? .linear))
    let values = Variable(result.values.reshaped(to: Shape(x.shape.dropLast() + [units])))
    return [activation == nil ? layer.activation(values) : values]
  }
}
