import Serialization

/// Reads the bytes of a pickle from the front to the back.
struct PickleBytes {
  /// The bytes that hold the pickle.
  let bytes: [UInt8]
  /// The offset of the next byte.
  private(set) var offset: Int

  /// The next byte; `nil` at the end.
  mutating func next() -> UInt8? {
    guard offset < bytes.count else { return nil }
    defer { offset += 1 }
    return bytes[offset]
  }

  /// Where the next `count` bytes are; `nil` if there are fewer.
  mutating func range(_ count: UInt64) -> Range<Int>? {
    guard count <= UInt64(bytes.count - offset) else { return nil }
    defer { offset += Int(count) }
    return offset..<offset + Int(count)
  }

  /// An unsigned integer of `byteCount` bytes, at most 8, little-endian.
  mutating func integer(_ byteCount: Int) -> UInt64? {
    range(UInt64(byteCount)).map { bytes[$0].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
  }

  /// A text of this many bytes of UTF-8; `nil` if there are fewer, or if they are something else.
  mutating func text(_ byteCount: UInt64?) -> String? {
    byteCount.flatMap { range($0) }.flatMap { String(validating: bytes[$0], as: UTF8.self) }
  }

  /// A text up to the end of the line.
  mutating func line() -> String? {
    guard let end = bytes[offset...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
    defer { offset = end + 1 }
    return String(validating: bytes[offset..<end], as: UTF8.self)
  }
}
