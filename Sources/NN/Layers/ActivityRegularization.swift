import Autograd
import Tensor

/// The identity, with a penalty on what goes through: l1 · Σ |x| / N + l2 · Σ x² / N is added to the loss.
///
/// Shapes: any. The input is kept for the backward pass.
public final class ActivityRegularization: Layer, Sendable {
  /// The penalty, before it is divided by the number of examples.
  public let regularizer: Regularizer

  /// Makes a penalty on the output of the layer before.
  public convenience init(l1: Float = 0, l2: Float = 0) {
    self.init(.l1l2(l1: l1, l2: l2))
  }

  /// Makes a penalty on the output of the layer before.
  public init(_ regularizer: Regularizer) {
    self.regularizer = regularizer
  }

  /// Any shape fits.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    inputShape
  }

  /// The batch as it is.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    context.regularized(x, by: regularizer)
  }
}
