import Autograd
import Tensor

/// Each step of a sequence repeated.
///
/// Shapes: input `[N, T, F]`, output `[N, T · size, F]`. Nothing is kept for the backward pass.
public final class UpSampling1D: Layer, Sendable {
  /// How often each step is repeated.
  public let size: Int

  /// Makes the layer.
  public init(_ size: Int = 2) {
    self.size = size
  }

  /// The shape of the longer sequence.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, F] is needed")
    }
    let (steps, overflows) = inputShape[0].multipliedReportingOverflow(by: size)
    guard size >= 1, !overflows else {
      throw LayerError(inputShape: inputShape, reason: "\(size) times as many steps are not possible")
    }
    return [steps, inputShape[1]]
  }

  /// The longer sequences of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.repeated(size, axis: 1)
  }
}
