import Tensor

/// Targets that a loss or a metric cannot compare with the model's output.
public struct TargetError: Error, Hashable, CustomStringConvertible {
  /// The name of the output, if the model has several.
  public package(set) var output: String?
  /// The shape of the model's output, where it matters.
  public let predicted: Shape?
  /// The shape of the targets.
  public let expected: Shape
  /// What was found and what is needed.
  public let reason: String

  /// Makes the error for outputs and targets whose shapes do not fit together.
  public init(predicted: Shape, expected: Shape, reason: String) {
    self.predicted = predicted
    self.expected = expected
    self.reason = reason
  }

  /// Makes the error for targets with wrong values.
  public init(targets: Shape, reason: String) {
    predicted = nil
    expected = targets
    self.reason = reason
  }

  /// The shapes and the reason.
  public var description: String {
    let name = output.map { "the output \($0): " } ?? ""
    let outputs = predicted.map { "the model's output has shape \($0), " } ?? ""
    return "\(name)\(outputs)the targets have shape \(expected): \(reason)"
  }
}
