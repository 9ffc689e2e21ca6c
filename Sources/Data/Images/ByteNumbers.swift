/// Whole numbers in the bytes of a file, nil beyond its end.
extension ArraySlice<UInt8> {
  enum ByteOrder {
    case littleEndian
    case bigEndian
  }

  /// The number of `count` bytes, `offset` bytes after the start.
  func number(at offset: Int, bytes count: Int, _ order: ByteOrder) -> Int? {
    guard offset >= 0, offset <= self.count - count else { return nil }
    let start = startIndex + offset
    return (0..<count).reduce(0) { sum, index in
      sum << 8 | Int(self[start + (order == .bigEndian ? index : count - 1 - index)])
    }
  }

  /// The part of `count` bytes, `offset` bytes after the start; shorter where the file ends before.
  func part(at offset: Int, bytes count: Int) -> ArraySlice<UInt8> {
    dropFirst(offset).prefix(Swift.max(count, 0))
  }
}
