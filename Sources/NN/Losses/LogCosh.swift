import Autograd
import Tensor

/// The mean of log cosh (p - t) over an example: about (p - t)² / 2 for small errors, |p - t| - log 2 for large ones.
///
/// Shapes: predicted and expected `[N, …]`.
public struct LogCosh: Loss, Codable {
  /// Makes the loss.
  public init() {}

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The mean logarithm of the hyperbolic cosine of the errors of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    (predicted - Variable(expected)).logCosh().meanOfExamples()
  }
}

extension Loss where Self == LogCosh {
  /// The logarithm of the hyperbolic cosine of the error.
  public static var logCosh: LogCosh { LogCosh() }
}
