/// What is wrong with the bytes of a message of Protocol Buffers.
package struct ProtobufError: Error, CustomStringConvertible {
  package let description: String
}

/// The fields of a message of Protocol Buffers in the order of the bytes; the reading side of ``ProtobufMessage``.
///
/// Every length is compared with the bytes that are left, and contents are slices: reading takes no memory of its own
/// (the encoding: protobuf.dev/programming-guides/encoding).
package struct ProtobufReader {
  /// The content of one field.
  package enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  /// Reads a message.
  package init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The number and the content of the next field; `nil` at the end of the message.
  ///
  /// - Throws: ``ProtobufError``.
  package mutating func next() throws(ProtobufError) -> (number: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    let number = Int(key >> 3)
    guard (1..<1 << 29).contains(number) else {
      throw ProtobufError(description: "a field has the number \(number), it must lie in 1..<\(1 << 29)")
    }
    switch key & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(Self.littleEndian(try take(8))))
    case 2:
      let count = try varint()
      return (number, .bytes(try take(Int(clamping: count))))
    case 5: return (number, .fixed32(UInt32(Self.littleEndian(try take(4)))))
    default: throw ProtobufError(description: "field \(number) has the unknown wire type \(key & 7)")
    }
  }

  /// The numbers of a repeated field that is packed into one.
  package static func varints(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> [UInt64] {
    var reader = ProtobufReader(bytes)
    var numbers: [UInt64] = []
    while !reader.rest.isEmpty { numbers.append(try reader.varint()) }
    return numbers
  }

  /// An unsigned number of up to eight bytes, the lowest first.
  package static func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Seven bits a byte, the lowest first; the high bit says that more follow.
  private mutating func varint() throws(ProtobufError) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw ProtobufError(description: "the bytes end inside a number") }
      guard shift < 63 || byte <= 1 else { throw ProtobufError(description: "a number has more than 64 bits") }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    throw ProtobufError(description: "a number has more than ten bytes")
  }

  private mutating func take(_ count: Int) throws(ProtobufError) -> ArraySlice<UInt8> {
    guard count <= rest.count else {
      throw ProtobufError(description: "a field claims \(count) bytes, \(rest.count) are left")
    }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}
