import Autograd
import Tensor

/// In training, adds normally distributed noise with mean 0 to each element; in inference the identity.
///
/// Shapes: any. Nothing is kept for the backward pass.
public final class GaussianNoise: RandomLayer, Sendable {
  /// The standard deviation of the noise.
  public let standardDeviation: Float

  /// Makes a layer of noise; the standard deviation is 0 or more.
  public init(_ standardDeviation: Float) {
    self.standardDeviation = standardDeviation
  }

  /// Checks the standard deviation.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard standardDeviation >= 0, standardDeviation.isFinite else {
      throw LayerError(
        inputShape: inputShape, reason: "the standard deviation is \(standardDeviation), it must be 0 or more")
    }
    return inputShape
  }

  /// The batch with noise added.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout, standardDeviation > 0 else { return x }
    return x
      + Variable(Tensor(normal: x.shape, standardDeviation: standardDeviation, using: &context.generator))
  }
}
