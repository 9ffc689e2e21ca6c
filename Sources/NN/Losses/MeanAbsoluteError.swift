import Autograd
import Tensor

/// The mean of |p - t| over an example. Shapes: predicted and expected `[N, …]`.
public struct MeanAbsoluteError: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The mean absolute error of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    (predicted - Variable(expected)).absolute().meanOfExamples()
  }
}

extension Loss where Self == MeanAbsoluteError {
  /// The mean absolute error.
  public static var meanAbsoluteError: MeanAbsoluteError { MeanAbsoluteError() }
}
