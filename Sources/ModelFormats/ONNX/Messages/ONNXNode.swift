/// `NodeProto`: one use of an operator.
package struct ONNXNode {
  package private(set) var name = ""
  /// The operator: `Conv`.
  package private(set) var operation = ""
  /// Where the operator comes from; empty for ONNX's own.
  package private(set) var domain = ""
  /// The names of the values that it takes; empty for one that is left out.
  package private(set) var inputs: [String] = []
  /// The names of the values that it makes; empty for one that nobody needs.
  package private(set) var outputs: [String] = []
  package private(set) var attributes: [ONNXAttribute] = []

  /// A node with a name alone.
  init(name: String) { self.name = name }

  init(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard case .bytes(let content) = field.value else { continue }
      switch field.number {
      case ONNXField.Node.inputs: inputs.append(try content.text)
      case ONNXField.Node.outputs: outputs.append(try content.text)
      case ONNXField.Node.name: name = try content.text
      case ONNXField.Node.operation: operation = try content.text
      case ONNXField.Node.attributes: attributes.append(try ONNXAttribute(content))
      case ONNXField.Node.domain: domain = try content.text
      default: break
      }
    }
    // The two names of the standard operators.
    if domain == "ai.onnx" { domain = "" }
  }
}

/// `AttributeProto`: an option of a node.
package struct ONNXAttribute {
  /// What the option says.
  package enum Value {
    case float(Float)
    case integer(Int)
    case text(String)
    case tensor(ONNXTensor)
    case floats([Float])
    case integers([Int])
    case texts([String])
    /// The bytes of a graph, which is read when it is needed: graphs in graphs may lie deep.
    case graph(ArraySlice<UInt8>)
    /// A list of graphs, a sparse tensor, a list of tensors, or the option of a function.
    case other(String)
  }

  package private(set) var name = ""
  package let value: Value

  init(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    var (type, name) = (0, "")
    var (float, integer, text) = (Float(0), 0, "")
    var (floats, integers, texts): ([Float], [Int], [String]) = ([], [], [])
    var tensor: ONNXTensor?
    var graph: ArraySlice<UInt8>?
    var other: String?
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (ONNXField.Attribute.name, .bytes(let bytes)): name = try bytes.text
      case (ONNXField.Attribute.float, .fixed32(let bits)): float = Float(bitPattern: bits)
      case (ONNXField.Attribute.integer, .varint(let number)): integer = Int(truncatingIfNeeded: number)
      // Texts of nodes such as a label need not be UTF-8; those that options are read from are.
      case (ONNXField.Attribute.text, .bytes(let bytes)): text = String(decoding: bytes, as: UTF8.self)
      case (ONNXField.Attribute.tensor, .bytes(let bytes)): tensor = try ONNXTensor(bytes)
      case (ONNXField.Attribute.floats, _): floats += try value.floats
      case (ONNXField.Attribute.integers, _): integers += try value.integers
      case (ONNXField.Attribute.texts, .bytes(let bytes)): texts.append(String(decoding: bytes, as: UTF8.self))
      case (ONNXField.Attribute.type, .varint(let number)): type = Int(truncatingIfNeeded: number)
      case (ONNXField.Attribute.graph, .bytes(let bytes)): graph = bytes
      case (ONNXField.Attribute.graphs, _): other = "a list of graphs"
      case (ONNXField.Attribute.tensors, _): other = "a list of tensors"
      case (ONNXField.Attribute.sparseTensor, _), (ONNXField.Attribute.sparseTensors, _): other = "a sparse tensor"
      case (ONNXField.Attribute.reference, .bytes(let bytes)) where !bytes.isEmpty: other = "an option of a function"
      default: break
      }
    }
    self.name = name
    value =
      switch (other, type) {
      case (let other?, _): .other(other)
      case (nil, 1): .float(float)
      case (nil, 2): .integer(integer)
      case (nil, 3): .text(text)
      case (nil, 4): tensor.map { .tensor($0) } ?? .other("a tensor without content")
      case (nil, 5): graph.map { .graph($0) } ?? .other("a graph without content")
      case (nil, 6): .floats(floats)
      case (nil, 7): .integers(integers)
      case (nil, 8): .texts(texts)
      default: .other("a value of type \(type)")
      }
  }
}
