import Serialization
import Tensor

/// What the targets of a data set mean. It travels from the source of the examples to the loss, the metrics, the report
/// and the model file, and is compared wherever two of them meet.
public enum TargetMeaning: Hashable, Codable, Sendable {
  /// Exactly one of these classes is right for each example.
  case oneClass(names: [String])
  /// Any number of these classes are right for each example, also none.
  case severalClasses(names: [String])
  /// Each example has these quantities: regression.
  case numbers(names: [String], scaling: NumberScaling?)
  /// Nothing is known about the examples. They can be predicted, but not trained or measured on.
  case unknown

  /// The names of the classes; empty if the targets are not classes.
  public var classes: [String] {
    switch self {
    case .oneClass(let names), .severalClasses(let names): names
    case .numbers, .unknown: []
    }
  }

  /// The meaning in words, for messages: `one of 3 classes`.
  public var inWords: String {
    switch self {
    case .oneClass(let names): "one of \(counted(names.count, "class", plural: "classes"))"
    case .severalClasses(let names): "any of \(counted(names.count, "class", plural: "classes"))"
    case .numbers(let names, let scaling):
      (names.count == 1 ? "the number \(names[0])" : "the numbers \(shortList(names))")
        + (scaling.map { ", standardized by \($0)" } ?? "")
    case .unknown: "not known"
    }
  }
}
