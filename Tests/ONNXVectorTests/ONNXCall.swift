import ModelFormats
import Tensor

/// One use of an operator: its node and the values of its inputs.
struct ONNXCall {
  let node: ONNXNode
  let opset: Int
  /// In the order of the node; `nil` for an optional input that is not given.
  let inputs: [ONNXValue?]

  func value(_ index: Int) throws -> ONNXValue {
    guard let value = optional(index) else { throw LeftOut(reason: "input \(index) is missing") }
    return value
  }

  func optional(_ index: Int) -> ONNXValue? {
    index < inputs.count ? inputs[index] : nil
  }

  func float(_ index: Int) throws -> Tensor<Float> {
    guard case .float(let tensor) = try value(index) else {
      throw LeftOut(reason: "the adapter takes only float elements")
    }
    return tensor
  }

  /// A list of axes, lengths or indices, as an input.
  func list(_ index: Int) throws -> [Int]? {
    guard let value = optional(index) else { return nil }
    guard case .int64(_, let list) = value else { throw LeftOut(reason: "input \(index) is no list of int64") }
    return list
  }

  private func attribute(_ name: String) -> ONNXAttribute.Value? {
    node.attributes.first { $0.name == name }?.value
  }

  func int(_ name: String, default value: Int) -> Int {
    if case .integer(let number)? = attribute(name) { number } else { value }
  }

  func float(_ name: String, default value: Float) -> Float {
    if case .float(let number)? = attribute(name) { number } else { value }
  }

  func text(_ name: String, default value: String) -> String {
    if case .text(let text)? = attribute(name) { text } else { value }
  }

  func ints(_ name: String) -> [Int]? {
    if case .integers(let numbers)? = attribute(name) { numbers } else { nil }
  }
}

/// What a Kilim function is to an operator.
typealias ONNXAdapter = @Sendable (ONNXCall) throws -> [ONNXValue]

/// A function of one `Float` tensor.
func unary(_ function: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>) -> ONNXAdapter {
  { call in [.float(function(try call.float(0)))] }
}

/// A function of two or more tensors of one type, applied from the left.
func folding(
  _ float: @escaping @Sendable (Tensor<Float>, Tensor<Float>) -> Tensor<Float>,
  _ double: (@Sendable (Tensor<Double>, Tensor<Double>) -> Tensor<Double>)? = nil,
  _ int32: (@Sendable (Tensor<Int32>, Tensor<Int32>) -> Tensor<Int32>)? = nil,
  _ uint8: (@Sendable (Tensor<UInt8>, Tensor<UInt8>) -> Tensor<UInt8>)? = nil
) -> ONNXAdapter {
  { call in
    let first = try call.value(0)
    return [
      try call.inputs.indices.dropFirst().reduce(first) { result, index in
        switch (result, try call.value(index)) {
        case (.float(let a), .float(let b)): return .float(float(a, b))
        case (.double(let a), .double(let b)): if let double { return .double(double(a, b)) }
        case (.int32(let a), .int32(let b)): if let int32 { return .int32(int32(a, b)) }
        case (.uint8(let a), .uint8(let b)): if let uint8 { return .uint8(uint8(a, b)) }
        default: break
        }
        throw LeftOut(reason: "the operation is not for integers")
      }
    ]
  }
}

/// A comparison of two tensors of one type.
func comparing(
  _ float: @escaping @Sendable (Tensor<Float>, Tensor<Float>) -> Tensor<Bool>,
  _ int32: @escaping @Sendable (Tensor<Int32>, Tensor<Int32>) -> Tensor<Bool>,
  _ uint8: @escaping @Sendable (Tensor<UInt8>, Tensor<UInt8>) -> Tensor<Bool>
) -> ONNXAdapter {
  { call in
    switch (try call.value(0), try call.value(1)) {
    case (.float(let a), .float(let b)): [.bool(float(a, b))]
    case (.int32(let a), .int32(let b)): [.bool(int32(a, b))]
    case (.uint8(let a), .uint8(let b)): [.bool(uint8(a, b))]
    default: throw LeftOut(reason: "comparison of 64-bit integers")
    }
  }
}
