/// `TensorProto`: a stored tensor, whose elements are not read yet.
package struct ONNXTensor {
  package private(set) var name = ""
  /// The length of each axis, as the file says it.
  package private(set) var lengths: [Int] = []
  /// The number of the type of the elements.
  private(set) var typeNumber = 0
  /// The type of the elements; `nil` for one that ONNX does not have.
  package var type: ONNXElementType? { ONNXElementType(rawValue: typeNumber) }
  /// The elements one after the other, the lowest byte of each first; `nil` where they stand in another field.
  package private(set) var raw: ArraySlice<UInt8>?
  /// Elements in fields by their type: whole numbers, also those of `float16`, by their bits.
  private(set) var integers: [Int] = []
  private(set) var floats: [Float] = []
  private(set) var doubles: [Double] = []
  /// Whether the elements stand in another file.
  private(set) var isExternal = false

  /// Reads the message.
  package init(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (ONNXField.Tensor.lengths, _): lengths += try value.integers
      case (ONNXField.Tensor.type, .varint(let number)): typeNumber = Int(truncatingIfNeeded: number)
      case (ONNXField.Tensor.floats, _): floats += try value.floats
      case (ONNXField.Tensor.integers32, _), (ONNXField.Tensor.integers64, _), (ONNXField.Tensor.unsigned64, _):
        integers += try value.integers
      case (ONNXField.Tensor.name, .bytes(let bytes)): name = try bytes.text
      case (ONNXField.Tensor.raw, .bytes(let bytes)): raw = bytes
      case (ONNXField.Tensor.doubles, _): doubles += try value.doubles
      case (ONNXField.Tensor.externalData, _): isExternal = true
      case (ONNXField.Tensor.location, .varint(let place)): isExternal = isExternal || place != 0
      default: break
      }
    }
  }
}

extension ProtobufReader.Value {
  /// The numbers of a repeated field: one of them, or all packed into bytes.
  var integers: [Int] {
    get throws(ProtobufError) {
      switch self {
      case .varint(let number): [Int(truncatingIfNeeded: number)]
      case .bytes(let packed): try ProtobufReader.varints(packed).map { Int(truncatingIfNeeded: $0) }
      default: throw ProtobufError(description: "a list of integers holds something else")
      }
    }
  }

  /// Likewise in single precision.
  var floats: [Float] {
    get throws(ProtobufError) {
      switch self {
      case .fixed32(let bits): [Float(bitPattern: bits)]
      case .bytes(let packed): try packed.numbers(of: 4) { Float(bitPattern: UInt32($0)) }
      default: throw ProtobufError(description: "a list of floats holds something else")
      }
    }
  }

  /// Likewise in double precision.
  var doubles: [Double] {
    get throws(ProtobufError) {
      switch self {
      case .fixed64(let bits): [Double(bitPattern: bits)]
      case .bytes(let packed): try packed.numbers(of: 8) { Double(bitPattern: $0) }
      default: throw ProtobufError(description: "a list of doubles holds something else")
      }
    }
  }
}

extension ArraySlice<UInt8> {
  /// The bytes as text.
  var text: String {
    get throws(ProtobufError) {
      guard let text = String(validating: self, as: UTF8.self) else {
        throw ProtobufError(description: "a text is not UTF-8")
      }
      return text
    }
  }

  /// Numbers of a fixed number of bytes, one after the other.
  func numbers<Number>(of size: Int, _ convert: (UInt64) -> Number) throws(ProtobufError) -> [Number] {
    guard count % size == 0 else {
      throw ProtobufError(description: "\(count) bytes are no list of numbers of \(size) bytes")
    }
    return stride(from: startIndex, to: endIndex, by: size).map {
      convert(ProtobufReader.littleEndian(self[$0..<$0 + size]))
    }
  }
}
