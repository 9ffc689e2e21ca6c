/// A label of a class: a name or a number. Gives the order that scikit-learn sorts classes in.
public protocol ClassLabel: Hashable, Sendable {
  /// What is compared in place of the label.
  associatedtype SortKey: Hashable & Comparable & Sendable
  /// Equal for equal labels, and in the order of the classes.
  var sortKey: SortKey { get }
}

extension Int: ClassLabel {
  /// The number itself.
  public var sortKey: Int { self }
}

extension String: ClassLabel {
  /// The text by its code points.
  public var sortKey: CodePoints { CodePoints(self) }
}

/// A text that is compared code point by code point, as Python and file systems do: `Z` before `a` before `é`.
///
/// Swift's own comparison takes two spellings of `é` for the same text; as names of folders they are two.
public struct CodePoints: Hashable, Comparable, Sendable {
  /// UTF-8, whose order is that of the code points.
  private let bytes: [UInt8]

  /// Wraps a text.
  public init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// Whether the first differing code point of `a` is the smaller one, or `a` is the beginning of `b`.
  public static func < (a: CodePoints, b: CodePoints) -> Bool {
    a.bytes.lexicographicallyPrecedes(b.bytes)
  }
}

/// The distinct labels in the order of classes, and for each label the index of its class.
func classIndices<Label: ClassLabel>(of labels: [Label]) -> (classes: [Label], indices: [Int]) {
  var distinct: [Label.SortKey: Label] = [:]
  let keys = labels.map(\.sortKey)
  for (key, label) in zip(keys, labels) { distinct[key] = label }
  let sorted = distinct.sorted { $0.key < $1.key }
  let positions = Dictionary(uniqueKeysWithValues: sorted.indices.map { (sorted[$0].key, $0) })
  return (sorted.map(\.value), keys.compactMap { positions[$0] })
}
