/// The types of the elements of ONNX's tensors (`TensorProto.DataType`).
package enum ONNXElementType: Int, Sendable {
  case float = 1
  case uint8, int8, uint16, int16, int32, int64, string, bool, float16, double, uint32, uint64, complex64, complex128
  case bfloat16

  /// How many bytes an element takes; `nil` for text.
  var byteCount: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .float, .int32, .uint32: 4
    case .double, .int64, .uint64, .complex64: 8
    case .complex128: 16
    case .string: nil
    }
  }

  /// Whether an element is a number of floating point.
  var isFloating: Bool { [.float, .float16, .bfloat16, .double].contains(self) }
}
