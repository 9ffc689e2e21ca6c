/// A message in the wire format of Protocol Buffers: numbered fields, each with a kind and a value. The few messages of ONNX and
/// TensorBoard need no generated code.
///
/// Source: "Encoding", protobuf.dev.
package struct ProtobufMessage {
  package private(set) var bytes: [UInt8] = []

  /// Makes a message of its fields.
  package init(_ fill: (inout ProtobufMessage) -> Void = { _ in }) { fill(&self) }

  private enum Kind: UInt64 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
  }

  /// Adds a whole number, a Boolean or the value of an enumeration.
  package mutating func add(_ field: Int, _ value: Int) {
    addTag(field, .varint)
    addVarint(UInt64(bitPattern: Int64(value)))
  }

  /// Adds a number in single precision.
  package mutating func add(_ field: Int, _ value: Float) {
    addTag(field, .fixed32)
    append(value.bitPattern)
  }

  /// Adds a number in double precision.
  package mutating func add(_ field: Int, _ value: Double) {
    addTag(field, .fixed64)
    append(value.bitPattern)
  }

  /// Adds the numbers of a packed field.
  package mutating func add(_ field: Int, packed values: [Double]) {
    var content = ProtobufMessage()
    for value in values { content.append(value.bitPattern) }
    add(field, content)
  }

  /// Adds text.
  package mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

  /// Adds a message.
  package mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, message.bytes) }

  /// Adds bytes.
  package mutating func add(_ field: Int, _ content: [UInt8]) {
    addTag(field, .lengthDelimited)
    addVarint(UInt64(content.count))
    bytes += content
  }

  private mutating func addTag(_ field: Int, _ kind: Kind) {
    addVarint(UInt64(field) << 3 | kind.rawValue)
  }

  /// Seven bits a byte, the lowest first; the high bit says that more follow.
  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
