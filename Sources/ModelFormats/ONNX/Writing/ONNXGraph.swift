import NN
import Serialization
import Tensor

/// The nodes and weights of an ONNX graph while it is put together. Values between nodes have names; see
/// ``ONNXCustomLayer``.
public struct ONNXGraph {
  /// What a sealed file says under this name: the photos that it takes. It is for other programs, and is not read again.
  package static let sealedKey = "sealed"

  /// An option of a node.
  public enum Attribute: Sendable {
    /// A whole number.
    case integer(Int)
    /// A list of whole numbers.
    case integers([Int])
    /// A number.
    case float(Float)
    /// A list of numbers.
    case floats([Float])
    /// A text.
    case text(String)
    /// A list of texts.
    case texts([String])
  }

  private(set) var nodes: [ProtobufMessage] = []
  private(set) var weights: [ProtobufMessage] = []
  /// The sets of operators of other domains, with their versions.
  private(set) var domains: [String: Int] = [:]

  /// Makes an empty graph.
  package init() {}

  /// Adds a node, and returns the name of its result, which is the node's own.
  ///
  /// - Parameters:
  ///   - operation: of the standard set of ONNX, version 17: `Mul`; or of the domain.
  ///   - inputs: the names of the values that it takes.
  ///   - name: that no other value of the graph has.
  ///   - attributes: the options.
  ///   - domain: the set of operators of your own that the operation is from, version 1; empty for ONNX's.
  public mutating func add(
    _ operation: String, _ inputs: [String], name: String, _ attributes: KeyValuePairs<String, Attribute> = [:],
    domain: String = ""
  ) -> String {
    add(operation, inputs, outputs: [name], attributes.map { ($0, $1) }, domain: domain)[0]
  }

  /// Adds a node with several results, and returns their names. The node is named after the last one; an empty name is
  /// for a result that nobody needs.
  ///
  /// - Parameters:
  ///   - parts: the graphs of an `If` or a `Loop`, by the names of their options.
  ///   - node: another name for the node: a reader names layers after nodes.
  @discardableResult
  package mutating func add(
    _ operation: String, _ inputs: [String], outputs: [String], _ attributes: [(String, Attribute)],
    parts: [(String, Whole)] = [], domain: String = "", node name: String? = nil
  ) -> [String] {
    var node = ProtobufMessage()
    for input in inputs { node.add(ONNXField.Node.inputs, input) }
    for output in outputs { node.add(ONNXField.Node.outputs, output) }
    node.add(ONNXField.Node.name, name ?? outputs.last { !$0.isEmpty } ?? operation)
    node.add(ONNXField.Node.operation, operation)
    for (name, value) in attributes { node.add(ONNXField.Node.attributes, Self.attribute(name, value)) }
    for (name, part) in parts { node.add(ONNXField.Node.attributes, Self.attribute(name, part)) }
    if !domain.isEmpty {
      node.add(ONNXField.Node.domain, domain)
      domains[domain] = 1
    }
    nodes.append(node)
    return outputs
  }

  /// Adds a tensor of `Float`, and returns its name.
  public mutating func add(_ tensor: Tensor<Float>, name: String) -> String {
    let values = tensor.contiguous()
    return addTensor(name, Array(tensor.shape), .float, values.withUnsafeScalars { Array(UnsafeRawBufferPointer($0)) })
  }

  /// Adds a list of integers, and returns its name.
  public mutating func add(_ integers: [Int], name: String) -> String {
    addTensor(name, [integers.count], .int64, integers.flatMap(Self.bytes))
  }

  /// Adds an integer, and returns its name.
  package mutating func add(_ integer: Int, name: String) -> String {
    addTensor(name, [], .int64, Self.bytes(integer))
  }

  /// Adds a number in double precision, and returns its name.
  package mutating func add(_ number: Double, name: String) -> String {
    addTensor(name, [], .double, withUnsafeBytes(of: number.bitPattern.littleEndian, Array.init))
  }

  /// Adds a list of texts, and returns its name.
  package mutating func add(_ texts: [String], name: String) -> String {
    var message = Self.tensor(name, [texts.count], .string)
    for text in texts { message.add(ONNXField.Tensor.texts, text) }
    weights.append(message)
    return name
  }

  private static func bytes(_ integer: Int) -> [UInt8] {
    withUnsafeBytes(of: Int64(integer).littleEndian, Array.init)
  }

  /// Adds a `TensorProto`.
  private mutating func addTensor(
    _ name: String, _ shape: [Int], _ type: ONNXElementType, _ bytes: [UInt8]
  ) -> String {
    var message = Self.tensor(name, shape, type)
    message.add(ONNXField.Tensor.raw, bytes)
    weights.append(message)
    return name
  }

  /// A `TensorProto` without its elements.
  private static func tensor(_ name: String, _ shape: [Int], _ type: ONNXElementType) -> ProtobufMessage {
    var message = ProtobufMessage()
    for extent in shape { message.add(ONNXField.Tensor.lengths, extent) }
    message.add(ONNXField.Tensor.type, type.rawValue)
    message.add(ONNXField.Tensor.name, name)
    return message
  }

  /// An `AttributeProto` with a graph.
  private static func attribute(_ name: String, _ part: Whole) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(ONNXField.Attribute.name, name)
    message.add(ONNXField.Attribute.graph, part.message())
    message.add(ONNXField.Attribute.type, 5)
    return message
  }

  /// An `AttributeProto`, with its type.
  private static func attribute(_ name: String, _ value: Attribute) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(ONNXField.Attribute.name, name)
    let type: Int
    switch value {
    case .float(let number):
      message.add(ONNXField.Attribute.float, number)
      type = 1
    case .integer(let number):
      message.add(ONNXField.Attribute.integer, number)
      type = 2
    case .text(let text):
      message.add(ONNXField.Attribute.text, text)
      type = 3
    case .floats(let numbers):
      for number in numbers { message.add(ONNXField.Attribute.floats, number) }
      type = 6
    case .integers(let numbers):
      for number in numbers { message.add(ONNXField.Attribute.integers, number) }
      type = 7
    case .texts(let texts):
      for text in texts { message.add(ONNXField.Attribute.texts, text) }
      type = 8
    }
    message.add(ONNXField.Attribute.type, type)
    return message
  }

  /// What the inputs of a model are called: `input` for a single one.
  func inputNames(for model: Model) -> [String] {
    model.inputNames.count == 1 ? ["input"] : model.inputNames
  }
}
