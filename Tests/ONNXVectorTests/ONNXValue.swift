import ModelFormats
import Tensor

/// Why a vector does not apply to Kilim.
struct LeftOut: Error {
  let reason: String
}

/// What goes into an operator and comes out of it. 64-bit integers are lists of axes, lengths or indices.
enum ONNXValue {
  case float(Tensor<Float>)
  case double(Tensor<Double>)
  case int32(Tensor<Int32>)
  case uint8(Tensor<UInt8>)
  case bool(Tensor<Bool>)
  case int64(Shape, [Int])

  /// Takes over a stored tensor, of the element types that Kilim has.
  init(_ tensor: ONNXTensor) throws {
    // The bytes of a sequence look like those of a tensor of another shape.
    guard tensor.lengths.allSatisfy({ $0 >= 0 }), let raw = tensor.raw ?? (tensor.lengths.contains(0) ? [] : nil),
      let count = Shape(tensor.lengths).elementCountIfRepresentable
    else { throw LeftOut(reason: "not a tensor") }
    let shape = Shape(tensor.lengths)
    func elements<Scalar>(_ size: Int, _ convert: (UInt64) -> Scalar) throws -> [Scalar] {
      guard raw.count == size * count else { throw LeftOut(reason: "not a tensor") }
      return stride(from: raw.startIndex, to: raw.endIndex, by: size).map {
        convert(ProtobufReader.littleEndian(raw[$0..<$0 + size]))
      }
    }
    guard let type = tensor.type else { throw LeftOut(reason: "elements of another type") }
    switch type {
    case .float: self = .float(Tensor(shape: shape, scalars: try elements(4) { Float(bitPattern: UInt32($0)) }))
    case .uint8: self = .uint8(Tensor(shape: shape, scalars: try elements(1) { UInt8($0) }))
    case .int32: self = .int32(Tensor(shape: shape, scalars: try elements(4) { Int32(bitPattern: UInt32($0)) }))
    case .int64: self = .int64(shape, try elements(8) { Int(Int64(bitPattern: $0)) })
    case .bool: self = .bool(Tensor(shape: shape, scalars: try elements(1) { $0 != 0 }))
    case .double: self = .double(Tensor(shape: shape, scalars: try elements(8) { Double(bitPattern: $0) }))
    default: throw LeftOut(reason: "element type \(type)")
    }
  }

  /// Whether the value is the expected one: numbers of floating point to within 1e-5 of their magnitude or 1e-7 (a
  /// hundredth of what ONNX's own runner allows), all others exactly.
  func matches(_ expected: ONNXValue) -> Bool {
    switch (self, expected) {
    case (.float(let a), .float(let b)): Self.isClose(a.toDouble(), b.toDouble())
    case (.double(let a), .double(let b)): Self.isClose(a, b)
    case (.int32(let a), .int32(let b)): a == b
    case (.uint8(let a), .uint8(let b)): a == b
    case (.bool(let a), .bool(let b)): a == b
    case (.int64(let shape, let a), .int64(let otherShape, let b)): shape == otherShape && a == b
    default: false
    }
  }

  private static func isClose(_ found: Tensor<Double>, _ expected: Tensor<Double>) -> Bool {
    guard found.shape == expected.shape else { return false }
    return zip(found.scalars, expected.scalars).allSatisfy { found, expected in
      found == expected || (found.isNaN && expected.isNaN) || abs(found - expected) <= 1e-7 + 1e-5 * abs(expected)
    }
  }
}
