import Autograd
import Tensor

/// Dropout for networks of SELU, which keeps mean and variance of its input: in training, elements become the negative
/// saturation α' of SELU with probability `rate`, and all are scaled and shifted (Klambauer et al. 2017); in inference
/// the identity.
///
/// With q = 1 - rate, a = (q (1 + rate α'²))^(-1/2) and b = -a α' rate: y = a x + b where kept, a α' + b elsewhere.
/// Shapes: any. The mask is kept for the backward pass.
public final class AlphaDropout: RandomLayer, Sendable {
  /// The probability that an element is dropped.
  public let rate: Float
  /// The shape of the random choice, as that of ``Dropout``.
  public let noiseShape: [Int?]?

  /// Makes a dropout layer; `rate` lies in [0, 1).
  public init(_ rate: Float, noiseShape: [Int?]? = nil) {
    self.rate = rate
    self.noiseShape = noiseShape
  }

  /// Checks the rate and the noise shape.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard (0..<1).contains(rate) else {
      throw LayerError(inputShape: inputShape, reason: "the rate is \(rate), it must lie in [0, 1)")
    }
    if let noiseShape { try requireNoise(noiseShape, inputShape) }
    return inputShape
  }

  /// The batch with elements dropped.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout, rate > 0 else { return x }
    let saturation: Float = -1.6732632423543772 * 1.0507009873554805
    let a = 1 / ((1 - rate) * (1 + rate * saturation * saturation)).squareRoot()
    let b = -a * saturation * rate
    let shape = noiseShape.map { concreteShape(of: $0, for: x.shape) } ?? x.shape
    let kept = Tensor<Bool>(bernoulli: shape, probability: Double(1 - rate), using: &context.generator)
    let shift = Tensor<Float>(repeating: a * saturation + b, shape: shape).replacing(with: b, where: kept)
    return x.masked(by: kept.broadcast(to: x.shape), scale: a) + Variable(shift)
  }
}
