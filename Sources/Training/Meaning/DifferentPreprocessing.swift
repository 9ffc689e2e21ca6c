import Data

/// Two different ways to convert photos to inputs.
public struct DifferentPreprocessing: Hashable, Sendable, CustomStringConvertible {
  /// The name of the first side, such as "the validation data".
  public let first: String
  /// The first preprocessing.
  public let firstPreprocessing: Preprocessing
  /// The name of the second side.
  public let second: String
  /// The second preprocessing.
  public let secondPreprocessing: Preprocessing

  /// The parts that differ, such as `colours`, each with both values.
  public var description: String {
    let differences = firstPreprocessing.differences(from: secondPreprocessing)
    return "the preprocessing of \(first) and of \(second) differs: " + differences.joined(separator: ", ")
      + (second == "the model" ? ". To use the model with other inputs, set model.preprocessing = nil first" : "")
  }
}
