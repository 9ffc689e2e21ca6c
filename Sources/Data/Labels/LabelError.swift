import Tensor

/// Why a ``LabelBinarizer`` cannot use its input.
public enum LabelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// There are no labels to learn from or to transform.
  case noLabels
  /// The negative value is not below the positive one.
  case valuesOutOfOrder(negative: Float, positive: Float)
  /// The scores do not have a column for each class.
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
