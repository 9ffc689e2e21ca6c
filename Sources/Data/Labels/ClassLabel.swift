import Serialization

/// A label of a class: a name or a number. Defines the order in which scikit-learn sorts classes.
public protocol ClassLabel: Hashable, Sendable {
  /// The type of ``sortKey``.
  associatedtype SortKey: Hashable & Comparable & Sendable
  /// A value that is equal for equal labels and has the order of the classes.
  var sortKey: SortKey { get }
}

extension Int: ClassLabel {
  /// The number itself.
  public var sortKey: Int { self }
}

extension String: ClassLabel {
  /// The text by its code points.
  public var sortKey: ExactText { ExactText(self) }
}

/// The distinct labels in the order of the classes, and the index of the class for each label.
func classIndices<Label: ClassLabel>(of labels: [Label]) -> (classes: [Label], indices: [Int]) {
  var distinct: [Label.SortKey: Label] = [:]
  let keys = labels.map(\.sortKey)
  for (key, label) in zip(keys, labels) { distinct[key] = label }
  let sorted = distinct.sorted { $0.key < $1.key }
  let positions = Dictionary(uniqueKeysWithValues: sorted.indices.map { (sorted[$0].key, $0) })
  return (sorted.map(\.value), keys.compactMap { positions[$0] })
}
