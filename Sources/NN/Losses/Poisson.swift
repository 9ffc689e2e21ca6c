import Autograd
import Tensor

/// The mean of p - t log (p + 10⁻⁷) over an example: for counts t whose expected number is p > 0.
///
/// Up to a term without p, the negative logarithm of the probability of t. Shapes: predicted and expected `[N, …]`.
public struct Poisson: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The mean Poisson loss of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    predicted.poissonLoss(expected, floor: smallestDivisor).meanOfExamples()
  }
}

extension Loss where Self == Poisson {
  /// The Poisson loss of counts.
  public static var poisson: Poisson { Poisson() }
}
