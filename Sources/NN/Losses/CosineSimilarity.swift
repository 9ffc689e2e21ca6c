import Autograd
import Tensor

/// The negative cosine of the angle between the predicted vector and the expected one: -1 for the same direction.
///
/// The length of the vectors does not matter; those shorter than 10⁻⁷ give less. Shapes: predicted and expected `[N, C]` or
/// `[N, C, …]`, with vectors along C. The loss of an example is the mean over its places.
public struct CosineSimilarity: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The negative similarity of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    -predicted.cosineSimilarity(to: expected, axis: channelAxis(of: predicted.shape), floor: smallestDivisor)
      .meanOfExamples()
  }

  /// Throws unless both shapes are equal and have a class axis.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try checkClasses(predicted: predicted, expected: expected)
  }
}

extension Loss where Self == CosineSimilarity {
  /// The negative cosine of the angle between predicted and expected vectors.
  public static var cosineSimilarity: CosineSimilarity { CosineSimilarity() }
}
