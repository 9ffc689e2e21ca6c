import NN
import Tensor

/// The nodes and weights of an ONNX graph while it is put together. Values between nodes have names; see
/// ``ONNXCustomLayer``.
public struct ONNXGraph {
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

  fileprivate var nodes: [ProtobufMessage] = []
  fileprivate var weights: [ProtobufMessage] = []
  /// The sets of operators of other domains, with their versions.
  private(set) var domains: [String: Int] = [:]

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
  mutating func add(
    _ operation: String, _ inputs: [String], outputs: [String], _ attributes: [(String, Attribute)],
    domain: String = ""
  ) -> [String] {
    var node = ProtobufMessage()
    for input in inputs { node.add(ONNXField.Node.inputs, input) }
    for output in outputs { node.add(ONNXField.Node.outputs, output) }
    node.add(ONNXField.Node.name, outputs.last { !$0.isEmpty } ?? operation)
    node.add(ONNXField.Node.operation, operation)
    for (name, value) in attributes { node.add(ONNXField.Node.attributes, Self.attribute(name, value)) }
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
    return addTensor(name, Array(tensor.shape), type: 1, values.withUnsafeScalars { Array(UnsafeRawBufferPointer($0)) })
  }

  /// Adds a list of integers, and returns its name.
  public mutating func add(_ integers: [Int], name: String) -> String {
    let bytes = integers.flatMap { value in withUnsafeBytes(of: Int64(value).littleEndian, Array.init) }
    return addTensor(name, [integers.count], type: 7, bytes)
  }

  /// Adds a `TensorProto`.
  private mutating func addTensor(_ name: String, _ shape: [Int], type: Int, _ bytes: [UInt8]) -> String {
    var message = ProtobufMessage()
    for extent in shape { message.add(ONNXField.Tensor.lengths, extent) }
    message.add(ONNXField.Tensor.type, type)
    message.add(ONNXField.Tensor.name, name)
    message.add(ONNXField.Tensor.raw, bytes)
    weights.append(message)
    return name
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

  /// A graph with its ends.
  struct Whole {
    let graph: ONNXGraph
    /// Name and shape, without the batch axis, of each input.
    let inputs: [(name: String, shape: Shape)]
    /// Likewise of each output.
    let outputs: [(name: String, shape: Shape)]

    /// The `GraphProto`.
    func message() -> ProtobufMessage {
      var message = ProtobufMessage()
      for node in graph.nodes { message.add(ONNXField.Graph.nodes, node) }
      message.add(ONNXField.Graph.name, "kilim")
      for weight in graph.weights { message.add(ONNXField.Graph.initializers, weight) }
      for input in inputs { message.add(ONNXField.Graph.inputs, ONNXGraph.value(input.name, input.shape)) }
      for output in outputs { message.add(ONNXField.Graph.outputs, ONNXGraph.value(output.name, output.shape)) }
      return message
    }
  }

  /// A `ValueInfoProto`: a tensor of `Float` for any number N of examples.
  fileprivate static func value(_ name: String, _ shape: Shape) -> ProtobufMessage {
    var batch = ProtobufMessage()
    batch.add(ONNXField.Axis.name, "N")
    var axes = ProtobufMessage()
    axes.add(ONNXField.Shape.axes, batch)
    for extent in shape {
      var axis = ProtobufMessage()
      axis.add(ONNXField.Axis.length, extent)
      axes.add(ONNXField.Shape.axes, axis)
    }
    var tensor = ProtobufMessage()
    tensor.add(ONNXField.TensorType.elements, ONNXElementType.float.rawValue)
    tensor.add(ONNXField.TensorType.shape, axes)
    var type = ProtobufMessage()
    type.add(ONNXField.ValueType.tensor, tensor)
    var value = ProtobufMessage()
    value.add(ONNXField.Value.name, name)
    value.add(ONNXField.Value.type, type)
    return value
  }
}
