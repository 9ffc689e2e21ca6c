import Autograd
import Tensor

/// Features repeated as the steps of a sequence.
///
/// Shapes: input `[N, F]`, output `[N, count, F]`. Nothing is kept for the backward pass.
public final class RepeatVector: Layer, Sendable {
  /// The number of steps.
  public let count: Int

  /// Makes the layer.
  public init(_ count: Int) {
    self.count = count
  }

  /// The shape of the sequence.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 1 else {
      throw LayerError(inputShape: inputShape, reason: "features [F] are needed")
    }
    guard count >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "count is \(count), at least 1 is needed")
    }
    return [count, inputShape[0]]
  }

  /// The sequences of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    require(x.shape.rank == 2, "RepeatVector: inputs [N, F] are needed, found \(x.shape)")
    let (batch, features) = (x.shape[0], x.shape[1])
    return x.reshaped(to: [batch, 1, features]).broadcast(to: [batch, count, features])
  }
}
