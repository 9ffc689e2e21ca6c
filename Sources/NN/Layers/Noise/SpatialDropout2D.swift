import Autograd
import Tensor

/// In training, drops whole channels of an image: each channel is 0 with probability `rate`, and is divided by 1 - rate
/// otherwise (Tompson et al. 2015); in inference the identity.
///
/// Shapes: `[N, C, H, W]`. The mask is kept for the backward pass, one byte a channel.
public final class SpatialDropout2D: RandomLayer, Sendable {
  /// The probability that a channel is dropped.
  public let rate: Float
  private let dropout: Dropout

  /// Makes a dropout layer; `rate` lies in [0, 1].
  public init(_ rate: Float) {
    self.rate = rate
    dropout = Dropout(rate, noiseShape: [nil, nil, 1, 1])
  }

  /// Empty: the inner dropout is not listed.
  public var children: [(name: String, layer: any Layer)] { [] }

  /// Checks the rate.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    return try dropout.build(inputShape: inputShape, using: &generator)
  }

  /// The batch with channels dropped.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { dropout(x, context) }
}
