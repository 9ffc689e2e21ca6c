import Autograd
import Tensor

/// The divergence Σ tᵢ log (tᵢ / pᵢ) of an expected distribution from a predicted one (Kullback and Leibler 1951).
///
/// Both are clipped to [10⁻⁷, 1], as in Keras; no gradient flows where p was changed. Shapes: predicted and expected `[N, C]` or
/// `[N, C, …]`. The loss of an example is the mean over its places.
public struct KLDivergence: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Probabilities of classes.
  public var outputMeaning: OutputMeaning? { .probabilities }

  /// The divergence of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    predicted.divergence(from: expected, within: smallestDivisor...1).sum([channelAxis(of: predicted.shape)])
      .meanOfExamples()
  }

  /// Throws unless both shapes are equal and have a class axis.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try checkClasses(predicted: predicted, expected: expected)
  }
}

extension Loss where Self == KLDivergence {
  /// The divergence of the expected distribution from the predicted one.
  public static var klDivergence: KLDivergence { KLDivergence() }
}
