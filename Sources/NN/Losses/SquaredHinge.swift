import Autograd
import Tensor

/// The mean of max(1 - t p, 0)² over an example, with targets t of -1 and 1.
///
/// Targets are read as by ``Hinge``. Shapes: predicted and expected `[N, …]`.
public struct SquaredHinge: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// The mean squared hinge loss of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    predicted.hinge(signs(of: expected)).squared().meanOfExamples()
  }
}

extension Loss where Self == SquaredHinge {
  /// The squared hinge loss.
  public static var squaredHinge: SquaredHinge { SquaredHinge() }
}
