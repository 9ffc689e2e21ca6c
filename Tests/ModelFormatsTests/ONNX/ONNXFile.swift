import ModelFormats
import Serialization

/// An ONNX file in the making, right or wrong.
struct ONNXFile {
  private var graph = ProtobufMessage()
  var operationSet = 17

  /// Adds an input; `nil` is a length that the file leaves open.
  mutating func addInput(_ name: String, _ lengths: [Int?], type: Int = 1) {
    graph.add(11, Self.value(name, lengths, type: type))
  }

  mutating func addWeight(_ name: String, _ lengths: [Int], _ numbers: [Float]) {
    addWeight(
      name, lengths, type: 1, raw: numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  mutating func addWeight(_ name: String, _ lengths: [Int], integers: [Int]) {
    addWeight(
      name, lengths, type: 7, raw: integers.flatMap { withUnsafeBytes(of: Int64($0).littleEndian, Array.init) })
  }

  mutating func addWeight(_ name: String, _ lengths: [Int], type: Int, raw: [UInt8], location: Int? = nil) {
    var tensor = ProtobufMessage()
    for length in lengths { tensor.add(1, length) }
    tensor.add(2, type)
    tensor.add(8, name)
    tensor.add(9, raw)
    if let location { tensor.add(14, location) }
    graph.add(5, tensor)
  }

  /// Adds a node with options: lists of whole numbers, single ones, and texts.
  mutating func addNode(
    _ operation: String, _ inputs: [String], _ output: String, _ options: [String: [Int]] = [:],
    flags: [String: Int] = [:], texts: [String: String] = [:]
  ) {
    var node = ProtobufMessage()
    for input in inputs { node.add(1, input) }
    node.add(2, output)
    node.add(3, "n_\(output)")
    node.add(4, operation)
    for (name, numbers) in options.sorted(by: { $0.key < $1.key }) {
      var attribute = ProtobufMessage()
      attribute.add(1, name)
      for number in numbers { attribute.add(8, number) }
      attribute.add(20, 7)
      node.add(5, attribute)
    }
    for (name, number) in flags.sorted(by: { $0.key < $1.key }) {
      var attribute = ProtobufMessage()
      attribute.add(1, name)
      attribute.add(3, number)
      attribute.add(20, 2)
      node.add(5, attribute)
    }
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      var attribute = ProtobufMessage()
      attribute.add(1, name)
      attribute.add(4, text)
      attribute.add(20, 3)
      node.add(5, attribute)
    }
    graph.add(1, node)
  }

  /// Adds an `If`, whose branches are the nodes and weights of other files.
  mutating func addIf(
    _ condition: String, then first: (file: ONNXFile, output: String), else second: (file: ONNXFile, output: String),
    _ output: String, rank: Int = 1
  ) {
    var node = ProtobufMessage()
    node.add(1, condition)
    node.add(2, output)
    node.add(3, "n_\(output)")
    node.add(4, "If")
    for (name, branch) in [("then_branch", first), ("else_branch", second)] {
      var inner = branch.file.graph
      inner.add(2, name)
      inner.add(12, Self.value(branch.output, Array(repeating: nil, count: rank), type: 1))
      var attribute = ProtobufMessage()
      attribute.add(1, name)
      attribute.add(6, inner)
      attribute.add(20, 5)
      node.add(5, attribute)
    }
    graph.add(1, node)
  }

  /// - Parameter rank: the number of axes that the file says the output has.
  func bytes(output: String, rank: Int = 1) -> [UInt8] {
    var whole = graph
    whole.add(2, "graph")
    whole.add(12, Self.value(output, Array(repeating: nil, count: rank), type: 1))
    var model = ProtobufMessage()
    model.add(1, 8)
    model.add(7, whole)
    var operations = ProtobufMessage()
    operations.add(2, operationSet)
    model.add(8, operations)
    return model.bytes
  }

  private static func value(_ name: String, _ lengths: [Int?], type: Int) -> ProtobufMessage {
    var axes = ProtobufMessage()
    for length in lengths {
      var axis = ProtobufMessage()
      if let length { axis.add(1, length) } else { axis.add(2, "open") }
      axes.add(1, axis)
    }
    var tensor = ProtobufMessage()
    tensor.add(1, type)
    tensor.add(2, axes)
    var kind = ProtobufMessage()
    kind.add(1, tensor)
    var value = ProtobufMessage()
    value.add(1, name)
    value.add(2, kind)
    return value
  }
}
