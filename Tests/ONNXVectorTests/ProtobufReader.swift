/// What goes wrong while a protobuf message is read.
struct ProtobufError: Error, CustomStringConvertible {
  let description: String
}

/// The fields of a protobuf message in the order of the file (encoding: protobuf.dev/programming-guides/encoding).
struct ProtobufReader {
  /// The content of one field.
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ArraySlice<UInt8>)
  }

  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The next field's number and content, or `nil` at the end of the message.
  mutating func next() throws -> (number: Int, value: Value)? {
    guard !rest.isEmpty else { return nil }
    let key = try varint()
    let number = Int(key >> 3)
    switch key & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(littleEndian(try take(8))))
    case 2: return (number, .bytes(try take(Int(clamping: varint()))))
    case 5: return (number, .fixed32(UInt32(littleEndian(try take(4)))))
    default: throw ProtobufError(description: "field \(number) has the unknown wire type \(key & 7)")
    }
  }

  /// The numbers of a packed repeated field.
  static func varints(_ bytes: ArraySlice<UInt8>) throws -> [UInt64] {
    var reader = ProtobufReader(bytes)
    var numbers: [UInt64] = []
    while !reader.rest.isEmpty { numbers.append(try reader.varint()) }
    return numbers
  }

  private mutating func varint() throws -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let byte = rest.popFirst() else { throw ProtobufError(description: "the message ends in a number") }
      result |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return result }
    }
    throw ProtobufError(description: "a number has more than ten bytes")
  }

  private mutating func take(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count <= rest.count else {
      throw ProtobufError(description: "a field of \(count) bytes where \(rest.count) are left")
    }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }
}

/// An unsigned number stored with its lowest byte first.
func littleEndian(_ bytes: ArraySlice<UInt8>) -> UInt64 {
  bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
}
