import Foundation

// The few messages of onnx.proto that the node vectors need, with the field numbers of that file.

/// `ModelProto`: the version of the operator set and the nodes of the graph.
struct ONNXModel {
  private(set) var opset = 0
  private(set) var nodes: [ONNXNode] = []

  init(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field {
      case (7, .bytes(let graph)): try readGraph(graph)
      case (8, .bytes(let operatorSet)): try readOperatorSet(operatorSet)
      default: break
      }
    }
  }

  private mutating func readGraph(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      if case (1, .bytes(let node)) = field { nodes.append(try ONNXNode(node)) }
    }
  }

  /// Takes the version of the standard operators, whose domain is empty.
  private mutating func readOperatorSet(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    var (domain, version) = ("", 0)
    while let field = try reader.next() {
      switch field {
      case (1, .bytes(let name)): domain = String(decoding: name, as: UTF8.self)
      case (2, .varint(let number)): version = Int(number)
      default: break
      }
    }
    if domain.isEmpty { opset = version }
  }
}

/// `NodeProto`: one operator with its attributes.
struct ONNXNode {
  private(set) var operation = ""
  private(set) var inputs: [String] = []
  private(set) var outputs: [String] = []
  private(set) var attributes: [String: ONNXAttribute] = [:]

  init(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field {
      case (1, .bytes(let name)): inputs.append(String(decoding: name, as: UTF8.self))
      case (2, .bytes(let name)): outputs.append(String(decoding: name, as: UTF8.self))
      case (4, .bytes(let name)): operation = String(decoding: name, as: UTF8.self)
      case (5, .bytes(let attribute)):
        let attribute = try ONNXAttribute(attribute)
        attributes[attribute.name] = attribute
      default: break
      }
    }
  }
}

/// `AttributeProto`: a named number, text or list of numbers.
struct ONNXAttribute {
  private(set) var name = ""
  private(set) var float: Float = 0
  private(set) var int = 0
  private(set) var text = ""
  private(set) var ints: [Int] = []

  init(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field {
      case (1, .bytes(let bytes)): name = String(decoding: bytes, as: UTF8.self)
      case (2, .fixed32(let bits)): float = Float(bitPattern: bits)
      case (3, .varint(let number)): int = Int(truncatingIfNeeded: number)
      case (4, .bytes(let bytes)): text = String(decoding: bytes, as: UTF8.self)
      case (8, .varint(let number)): ints.append(Int(truncatingIfNeeded: number))
      case (8, .bytes(let packed)): ints += try ProtobufReader.varints(packed).map { Int(truncatingIfNeeded: $0) }
      default: break
      }
    }
  }
}

/// `TensorProto`, its elements stored raw, little-endian.
struct ONNXTensor {
  private(set) var dimensions: [Int] = []
  private(set) var type = 0
  private(set) var raw: ArraySlice<UInt8> = []

  init(_ bytes: ArraySlice<UInt8>) throws {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field {
      case (1, .varint(let length)): dimensions.append(Int(truncatingIfNeeded: length))
      case (1, .bytes(let packed)): dimensions += try ProtobufReader.varints(packed).map { Int(truncatingIfNeeded: $0) }
      case (2, .varint(let number)): type = Int(number)
      case (9, .bytes(let bytes)): raw = bytes
      default: break
      }
    }
  }
}
