import Autograd
import Tensor

/// In training, drops whole features of a sequence: each feature of an example is 0 at all times with probability `rate`,
/// and is divided by 1 - rate otherwise (Tompson et al. 2015); in inference the identity.
///
/// Shapes: `[N, T, F]`. The mask is kept for the backward pass, one byte a feature.
public final class SpatialDropout1D: RandomLayer, Sendable {
  /// The probability that a feature is dropped.
  public let rate: Float
  private let dropout: Dropout

  /// Makes a dropout layer; `rate` lies in [0, 1].
  public init(_ rate: Float) {
    self.rate = rate
    dropout = Dropout(rate, noiseShape: [nil, 1, nil])
  }

  /// Empty: the inner dropout is not listed.
  public var children: [(name: String, layer: any Layer)] { [] }

  /// Checks the rate.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, F] is needed")
    }
    return try dropout.build(inputShape: inputShape, using: &generator)
  }

  /// The batch with features dropped.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { dropout(x, context) }
}
