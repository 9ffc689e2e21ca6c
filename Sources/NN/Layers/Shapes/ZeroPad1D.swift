import Autograd
import Tensor

/// Steps of zeros around a sequence.
///
/// Shapes: input `[N, T, F]`, output `[N, before + T + after, F]`. Nothing is kept for the backward pass.
public final class ZeroPad1D: Layer, Sendable {
  /// The number of steps before.
  public let before: Int
  /// The number of steps behind.
  public let after: Int

  /// Makes a padding layer.
  public init(before: Int, after: Int) {
    (self.before, self.after) = (before, after)
  }

  /// Makes a layer that adds the same number of steps at both ends: `ZeroPad1D(1)`.
  public convenience init(_ steps: Int) {
    self.init(before: steps, after: steps)
  }

  /// The shape with the padding.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, F] is needed")
    }
    guard let shape = inputShape.padded(by: [(before, after), (0, 0)]) else {
      throw LayerError(inputShape: inputShape, reason: "padding of \([before, after]) is not possible")
    }
    return shape
  }

  /// The padded batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.padded([(0, 0), (before, after), (0, 0)])
  }
}
