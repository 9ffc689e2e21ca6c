import Autograd
import Tensor

/// The mean of 100 |p - t| / max(|t|, 10⁻⁷) over an example, in percent. Shapes: predicted and expected `[N, …]`.
///
/// A target of 0 gives a very large loss: one error of 1 counts 10⁹ percent.
public struct MeanAbsolutePercentageError: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The mean percentage error of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let weights = 100 / expected.absolute().clipped(to: smallestDivisor...Float.infinity)
    return ((predicted - Variable(expected)) * Variable(weights)).absolute().meanOfExamples()
  }
}

extension Loss where Self == MeanAbsolutePercentageError {
  /// The mean absolute error in percent of the targets.
  public static var meanAbsolutePercentageError: MeanAbsolutePercentageError { MeanAbsolutePercentageError() }
}
