import Autograd
import Tensor

/// The mean of (log (p + 1) - log (t + 1))² over an example, for quantities of 0 and more.
///
/// Predictions and targets below 10⁻⁷ count as 10⁻⁷, as in Keras; no gradient flows there. Shapes: predicted and expected
/// `[N, …]`.
public struct MeanSquaredLogarithmicError: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The mean squared logarithmic error of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    predicted.squaredLogarithmicError(expected, floor: smallestDivisor).meanOfExamples()
  }
}

extension Loss where Self == MeanSquaredLogarithmicError {
  /// The mean squared difference of the logarithms.
  public static var meanSquaredLogarithmicError: MeanSquaredLogarithmicError { MeanSquaredLogarithmicError() }
}
