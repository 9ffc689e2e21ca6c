import Autograd
import Tensor

/// A sequence without steps at its ends.
///
/// Shapes: input `[N, T, F]`, output `[N, T - before - after, F]`. Nothing is kept for the backward pass.
public final class Cropping1D: Layer, Sendable {
  /// The number of steps cut off at the beginning.
  public let before: Int
  /// The number of steps cut off at the end.
  public let after: Int

  /// Makes a cropping layer.
  public init(before: Int, after: Int) {
    (self.before, self.after) = (before, after)
  }

  /// Makes a layer that cuts off the same number of steps at both ends: `Cropping1D(1)`.
  public convenience init(_ steps: Int) {
    self.init(before: steps, after: steps)
  }

  /// The shape of what is left.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, F] is needed")
    }
    guard before >= 0, after >= 0, before < inputShape[0], after < inputShape[0] - before else {
      throw LayerError(inputShape: inputShape, reason: "\(before) + \(after) steps cannot be cut off")
    }
    return [inputShape[0] - before - after, inputShape[1]]
  }

  /// The cropped batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.slice(before..<x.shape[1] - after, axis: 1)
  }
}
