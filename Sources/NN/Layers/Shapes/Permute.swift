import Autograd
import Tensor

/// The axes of an example in another order.
///
/// Shapes: axis i of the output is axis `axes[i]` of the input, without the batch. Nothing is kept for the backward pass.
public final class Permute: Layer, Sendable {
  /// Which axis of one example becomes each axis of the output.
  public let axes: [Int]

  /// Makes the layer.
  ///
  /// - Parameter axes: all axes of one example, without that of the batch, in their new order: `[1, 0]` exchanges the steps and
  ///   the features of sequences `[T, F]`.
  public init(_ axes: [Int]) {
    self.axes = axes
  }

  /// The lengths in the new order.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard axes.sorted() == Array(inputShape.indices) else {
      throw LayerError(inputShape: inputShape, reason: "\(axes) does not name each of its axes once")
    }
    return Shape(axes.map { inputShape[$0] })
  }

  /// The batch with its axes in the new order.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.permuted([0] + axes.map { $0 + 1 })
  }
}
