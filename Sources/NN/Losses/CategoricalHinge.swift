import Autograd
import Tensor

/// How much the largest score of a wrong class comes near that of the right one: max(max((1 - t) p) - Σ t p + 1, 0).
///
/// The largest score is the predicted class; scores are no logits. Shapes: predicted and expected `[N, C]` or `[N, C, …]`, with
/// one-hot targets. The loss of an example is the mean over its places.
public struct CategoricalHinge: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// The accuracy.
  public var defaultMetrics: [any Metric] { [Accuracy()] }

  /// The hinge loss of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    let axis = channelAxis(of: predicted.shape)
    let right = (predicted * Variable(expected)).sum([axis])
    let wrong = (predicted * Variable(1 - expected)).max([axis])
    return (wrong - right + 1).relu().meanOfExamples()
  }

  /// Throws unless both shapes are equal and have a class axis.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try checkClasses(predicted: predicted, expected: expected)
  }
}

extension Loss where Self == CategoricalHinge {
  /// The hinge loss of one-hot targets and scores of classes.
  public static var categoricalHinge: CategoricalHinge { CategoricalHinge() }
}
