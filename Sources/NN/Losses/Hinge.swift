import Autograd
import Tensor

/// The mean of max(1 - t p, 0) over an example, with targets t of -1 and 1: for support vector machines.
///
/// A score p above 0 means yes. Where all targets of a batch are 0 and 1, they become -1 and 1, as in Keras. Scores are no
/// logits: the loss does not say what outputs mean. Shapes: predicted and expected `[N, …]`.
public struct Hinge: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// The mean hinge loss of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    predicted.hinge(signs(of: expected)).meanOfExamples()
  }
}

extension Loss where Self == Hinge {
  /// The hinge loss.
  public static var hinge: Hinge { Hinge() }
}

/// Targets of 0 and 1 as -1 and 1; others as they are.
func signs(of targets: Tensor<Float>) -> Tensor<Float> {
  targets.scalars.allSatisfy { $0 == 0 || $0 == 1 } ? targets * 2 - 1 : targets
}
