import Autograd
import Tensor

/// In training, sets elements to 0 with probability `rate` and divides the others by 1 - rate (Srivastava et al.
/// 2014, inverted); in inference the identity.
///
/// Shapes: any. The mask is kept for the backward pass, one byte an element.
public final class Dropout: Layer, Sendable {
  /// The probability that an element is dropped.
  public let rate: Float

  /// Makes a dropout layer; `rate` lies in [0, 1).
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

  /// The batch with elements dropped.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard let mask = mask(for: x.value, context) else { return x }
    return x.masked(by: mask.kept, scale: mask.scale)
  }

  /// A fresh mask for a batch, `nil` where nothing is dropped.
  func mask(for x: Tensor<Float>, _ context: Context) -> DropoutMask? {
    guard context.appliesDropout, rate > 0 else { return nil }
    let kept = Tensor<Bool>(bernoulli: x.layout, probability: Double(1 - rate), using: &context.generator)
    return DropoutMask(kept: kept, scale: 1 / (1 - rate))
  }
}
