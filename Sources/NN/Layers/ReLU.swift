import Autograd
import Tensor

/// A rectifier: min(x, maximum) above the threshold, slope · (x - threshold) up to it.
///
/// Shapes: any. The input is kept for the backward pass, for plain max(x, 0) the output.
public final class ReLU: PointwiseLayer, Sendable {
  /// The largest value; `nil` for none.
  public let maximum: Float?
  /// The slope up to the threshold.
  public let slope: Float
  /// Where the function begins to rise with slope 1; 0 or more.
  public let threshold: Float

  /// Makes a rectifier; max(x, 0) by default.
  public init(maximum: Float? = nil, slope: Float = 0, threshold: Float = 0) {
    (self.maximum, self.slope, self.threshold) = (maximum, slope, threshold)
  }

  /// The function.
  package var activation: Activation {
    if maximum == nil && threshold == 0 { return slope == 0 ? .relu : .leakyReLU(slope: slope) }
    return .boundedReLU(maximum: maximum ?? .infinity, slope: slope, threshold: threshold)
  }

  /// Checks the bounds.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard maximum ?? 0 >= 0, slope >= 0, threshold >= 0 else {
      throw LayerError(
        inputShape: inputShape,
        reason: "maximum, slope and threshold must be 0 or more, found \(maximum.map { "\($0)" } ?? "no maximum"), "
          + "\(slope) and \(threshold)")
    }
    return inputShape
  }

  /// The function applied to a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    activation(x)
  }
}
