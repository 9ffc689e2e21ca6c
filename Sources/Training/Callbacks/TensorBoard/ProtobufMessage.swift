/// A message in the encoding of protocol buffers, field by field. TensorBoard's few messages need no generated code.
///
/// Source: "Encoding", protobuf.dev.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// A whole number, a Boolean or the value of an enumeration.
  mutating func add(_ field: Int, _ value: Int) {
    addTag(field, wireType: 0)
    addVarint(UInt64(bitPattern: Int64(value)))
  }

  mutating func add(_ field: Int, _ value: Double) {
    addTag(field, wireType: 1)
    append(value.bitPattern)
  }

  mutating func add(_ field: Int, _ value: Float) {
    addTag(field, wireType: 5)
    append(value.bitPattern)
  }

  mutating func add(_ field: Int, _ text: String) { add(field, bytes: Array(text.utf8)) }

  mutating func add(_ field: Int, _ message: ProtobufMessage) { add(field, bytes: message.bytes) }

  mutating func add(_ field: Int, bytes content: [UInt8]) {
    addTag(field, wireType: 2)
    addVarint(UInt64(content.count))
    bytes += content
  }

  /// Numbers of a packed field.
  mutating func add(_ field: Int, packed values: [Double]) {
    var content = ProtobufMessage()
    for value in values { content.append(value.bitPattern) }
    add(field, content)
  }

  /// Makes a message of its fields.
  init(_ fill: (inout ProtobufMessage) -> Void = { _ in }) { fill(&self) }

  private mutating func addTag(_ field: Int, wireType: UInt64) { addVarint(UInt64(field) << 3 | wireType) }

  private mutating func addVarint(_ value: UInt64) {
    var rest = value
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func append(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
