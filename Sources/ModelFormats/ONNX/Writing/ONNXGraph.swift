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
  }

  fileprivate var nodes: [ProtobufMessage] = []
  fileprivate var weights: [ProtobufMessage] = []

  /// Adds a node, and returns the name of its result, which is the node's own.
  ///
  /// - Parameters:
  ///   - operation: of the standard set of ONNX, version 17: `Mul`.
  ///   - inputs: the names of the values that it takes.
  ///   - name: that no other value of the graph has.
  ///   - attributes: the options.
  public mutating func add(
    _ operation: String, _ inputs: [String], name: String, _ attributes: KeyValuePairs<String, Attribute> = [:]
  ) -> String {
    // NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute.
    var node = ProtobufMessage()
    for input in inputs { node.add(1, input) }
    node.add(2, name)
    node.add(3, name)
    node.add(4, operation)
    for (name, value) in attributes { node.add(5, Self.attribute(name, value)) }
    nodes.append(node)
    return name
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

  /// TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data.
  private mutating func addTensor(_ name: String, _ shape: [Int], type: Int, _ bytes: [UInt8]) -> String {
    var message = ProtobufMessage()
    for extent in shape { message.add(1, extent) }
    message.add(2, type)
    message.add(8, name)
    message.add(9, bytes)
    weights.append(message)
    return name
  }

  /// AttributeProto: 1 name, 2 f, 3 i, 8 ints, 20 type.
  private static func attribute(_ name: String, _ value: Attribute) -> ProtobufMessage {
    var message = ProtobufMessage()
    message.add(1, name)
    switch value {
    case .float(let number):
      message.add(2, number)
      message.add(20, 1)
    case .integer(let number):
      message.add(3, number)
      message.add(20, 2)
    case .integers(let numbers):
      for number in numbers { message.add(8, number) }
      message.add(20, 7)
    }
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

    /// GraphProto: 1 node, 2 name, 5 initializer, 11 input, 12 output.
    func message() -> ProtobufMessage {
      var message = ProtobufMessage()
      for node in graph.nodes { message.add(1, node) }
      message.add(2, "kilim")
      for weight in graph.weights { message.add(5, weight) }
      for input in inputs { message.add(11, ONNXGraph.value(input.name, input.shape)) }
      for output in outputs { message.add(12, ONNXGraph.value(output.name, output.shape)) }
      return message
    }
  }

  /// ValueInfoProto: 1 name, 2 type; TypeProto: 1 tensor_type {1 elem_type, 2 shape {1 dim {1 dim_value, 2 dim_param}}}.
  fileprivate static func value(_ name: String, _ shape: Shape) -> ProtobufMessage {
    var batch = ProtobufMessage()
    batch.add(2, "N")
    var axes = ProtobufMessage()
    axes.add(1, batch)
    for extent in shape {
      var axis = ProtobufMessage()
      axis.add(1, extent)
      axes.add(1, axis)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, 1)
    tensor.add(2, axes)
    var type = ProtobufMessage()
    type.add(1, tensor)
    var value = ProtobufMessage()
    value.add(1, name)
    value.add(2, type)
    return value
  }
}
