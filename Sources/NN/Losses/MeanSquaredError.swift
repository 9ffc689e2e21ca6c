import Autograd
import Tensor

/// The mean of (p - t)² over an example. Shapes: predicted and expected `[N, …]`.
public struct MeanSquaredError: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The mean squared error of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    (predicted - Variable(expected)).squared().meanOfExamples()
  }
}

extension Loss where Self == MeanSquaredError {
  /// The mean squared error.
  public static var meanSquaredError: MeanSquaredError { MeanSquaredError() }
}
