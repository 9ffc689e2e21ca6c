import Autograd
import Tensor

/// In training, multiplies each element by normally distributed noise with mean 1 and standard deviation
/// √(rate / (1 - rate)), the one of dropout (Srivastava et al. 2014); in inference the identity.
///
/// Shapes: any. The noise is kept for the backward pass.
public final class GaussianDropout: RandomLayer, Sendable {
  /// The rate of the dropout with this standard deviation.
  public let rate: Float

  /// Makes a layer of noise; `rate` lies in [0, 1).
  public init(_ rate: Float) {
    self.rate = rate
  }

  /// Checks the rate.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard (0..<1).contains(rate) else {
      throw LayerError(inputShape: inputShape, reason: "the rate is \(rate), it must lie in [0, 1)")
    }
    return inputShape
  }

  /// The batch times the noise.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout, rate > 0 else { return x }
    let deviation = (rate / (1 - rate)).squareRoot()
    return x * Variable(Tensor(normal: x.shape, mean: 1, standardDeviation: deviation, using: &context.generator))
  }
}
