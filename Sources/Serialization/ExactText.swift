/// A text that is compared and sorted by its code points, as Python, JSON and file systems do.
///
/// Swift's `String` treats `é` as one code point and `é` as two code points as equal. As names of classes, files or
/// JSON keys they are different, so a dictionary with `String` keys loses one of them.
public struct ExactText: Hashable, Comparable, Sendable {
  /// The text.
  public let text: String

  /// Wraps a text.
  public init(_ text: String) {
    self.text = text
  }

  /// Whether both texts have the same code points in the same order.
  public static func == (a: ExactText, b: ExactText) -> Bool {
    a.text.utf8.elementsEqual(b.text.utf8)
  }

  /// The order of the code points; UTF-8 bytes have the same order.
  public static func < (a: ExactText, b: ExactText) -> Bool {
    a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
  }

  /// Hashes the code points.
  public func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    hasher.combine(UInt8(0xFF))
  }
}

extension Sequence<String> {
  /// Whether both lists hold the same texts, compared by code points, in the same order.
  package func equalsExactly(_ other: some Sequence<String>) -> Bool {
    lazy.map(ExactText.init).elementsEqual(other.lazy.map(ExactText.init))
  }
}
