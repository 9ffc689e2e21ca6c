import Tensor

/// What a ``LabelBinarizer`` cannot work with.
public enum LabelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There is nothing to learn from or to transform.
  case noLabels
  /// The negative value is not below the positive one.
  case valuesOutOfOrder(negative: Float, positive: Float)
  /// Scores do not have a column for each class.
  case shape(found: Shape, classes: Int)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .noLabels:
      "labels: found 0 of them, expected at least 1"
    case .valuesOutOfOrder(let negative, let positive):
      "labels: the negative value \(negative) must be below the positive value \(positive)"
    case .shape(let found, let classes):
      "scores: found shape \(found), expected [rows, \(classes)]"
        + (classes == 2 ? " or [rows, 1]" : "")
    }
  }
}
