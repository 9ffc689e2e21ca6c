import Autograd
import Tensor

/// The largest element of each channel over all rows and columns.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C]`, or `[N, C, 1, 1]` where the axes are kept. Elements that share the
/// maximum share its gradient equally, as in Keras. The input is kept for the backward pass.
public final class GlobalMaxPool2D: Layer, Sendable {
  /// Whether the pooled axes stay, with length 1.
  public let keepsAxes: Bool

  /// Makes a global pooling layer.
  public init(keepsAxes: Bool = false) {
    self.keepsAxes = keepsAxes
  }

  /// The number of channels.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    return keepsAxes ? [inputShape[0], 1, 1] : [inputShape[0]]
  }

  /// The largest element of each channel over all rows and columns of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.max([2, 3], keepingAxes: keepsAxes)
  }
}
