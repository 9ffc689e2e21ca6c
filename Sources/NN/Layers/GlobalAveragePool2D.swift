import Autograd
import Tensor

/// The mean of each channel over all rows and columns.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C]`. Nothing is kept for the backward pass.
public final class GlobalAveragePool2D: Layer, Sendable {
  /// Makes a global pooling layer.
  public init() {}

  /// The number of channels.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    return [inputShape[0]]
  }

  /// The means of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.mean([2, 3])
  }
}
