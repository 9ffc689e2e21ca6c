import Autograd
import Tensor

/// In training, drops whole channels of a volume: each channel is 0 with probability `rate`, and is divided by 1 - rate
/// otherwise (Tompson et al. 2015); in inference the identity.
///
/// Shapes: `[N, D, C, H, W]`. The mask is kept for the backward pass, one byte a channel.
public final class SpatialDropout3D: RandomLayer, MaskedLayer, Sendable {
  /// The probability that a channel is dropped.
  public let rate: Float
  private let dropout: Dropout

  /// Makes a dropout layer; `rate` lies in [0, 1].
  public init(_ rate: Float) {
    self.rate = rate
    dropout = Dropout(rate, noiseShape: [nil, 1, nil, 1, 1])
  }

  /// Empty: the inner dropout is not listed.
  public var children: [(name: String, layer: any Layer)] { [] }

  /// Checks the rate.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 4 else {
      throw LayerError(inputShape: inputShape, reason: "a volume [D, C, H, W] is needed")
    }
    return try dropout.build(inputShape: inputShape, using: &generator)
  }

  /// The batch with channels dropped.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { dropout(x, context) }
}
