/// `ValueInfoProto`: the name and the type of an input or output.
struct ONNXValueInfo {
  /// The length of an axis.
  enum Length: Equatable {
    case fixed(Int)
    case named(String)
    case unknown
  }

  private(set) var name = ""
  /// The number of the type of the elements; `nil` for what is no tensor.
  private(set) var typeNumber: Int?
  /// The length of each axis; `nil` where the file says nothing.
  private(set) var lengths: [Length]?

  init(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field {
      case (ONNXField.Value.name, .bytes(let bytes)): name = try bytes.text
      case (ONNXField.Value.type, .bytes(let bytes)): try readType(bytes)
      default: break
      }
    }
  }

  private mutating func readType(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard case (ONNXField.ValueType.tensor, .bytes(let content)) = field else { continue }
      var tensor = ProtobufReader(content)
      while let part = try tensor.next() {
        switch part {
        case (ONNXField.TensorType.elements, .varint(let number)): typeNumber = Int(truncatingIfNeeded: number)
        case (ONNXField.TensorType.shape, .bytes(let shape)): try readShape(shape)
        default: break
        }
      }
    }
  }

  private mutating func readShape(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    var lengths: [Length] = []
    while let field = try reader.next() {
      guard case (ONNXField.Shape.axes, .bytes(let content)) = field else { continue }
      var axis = ProtobufReader(content)
      var length = Length.unknown
      while let part = try axis.next() {
        switch part {
        case (ONNXField.Axis.length, .varint(let number)):
          let number = Int(truncatingIfNeeded: number)
          length = number > 0 ? .fixed(number) : .unknown
        case (ONNXField.Axis.name, .bytes(let name)): length = .named(try name.text)
        default: break
        }
      }
      lengths.append(length)
    }
    self.lengths = lengths
  }
}
