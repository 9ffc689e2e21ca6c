import Data

/// Two ways of making inputs from photos that differ.
public struct DifferentPreprocessing: Hashable, Sendable, CustomStringConvertible {
  /// Whose preprocessing the first one is, as in "the validation data".
  public let first: String
  /// The first preprocessing.
  public let firstPreprocessing: Preprocessing
  /// Whose preprocessing the second one is.
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
