/// `ModelProto`: the content of an ONNX file.
package struct ONNXModelMessage {
  package private(set) var graph: ONNXGraphMessage?
  /// The version of each set of operators, by its domain; that of ONNX's own is empty.
  package private(set) var operationSets: [String: Int] = [:]
  private(set) var metadata: [String: String] = [:]
  private(set) var hasFunctions = false

  /// Reads the message.
  package init(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard case .bytes(let content) = field.value else { continue }
      switch field.number {
      case ONNXField.Model.graph:
        guard graph == nil else { throw ProtobufError(description: "there are two graphs") }
        graph = try ONNXGraphMessage(content)
      case ONNXField.Model.operationSets:
        let (domain, version) = try Self.operationSet(content)
        operationSets[domain] = version
      case ONNXField.Model.metadata:
        let (key, value) = try Self.entry(content)
        metadata[key] = value
      case ONNXField.Model.functions: hasFunctions = true
      default: break
      }
    }
  }

  private static func operationSet(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> (String, Int) {
    var reader = ProtobufReader(bytes)
    var (domain, version) = ("", 0)
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (ONNXField.OperationSet.domain, .bytes(let name)): domain = try name.text
      case (ONNXField.OperationSet.version, .varint(let number)): version = Int(truncatingIfNeeded: number)
      default: break
      }
    }
    return (domain == "ai.onnx" ? "" : domain, version)
  }

  private static func entry(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) -> (String, String) {
    var reader = ProtobufReader(bytes)
    var (key, text) = ("", "")
    while let (number, value) = try reader.next() {
      switch (number, value) {
      case (ONNXField.Entry.key, .bytes(let bytes)): key = try bytes.text
      case (ONNXField.Entry.value, .bytes(let bytes)): text = String(decoding: bytes, as: UTF8.self)
      default: break
      }
    }
    return (key, text)
  }
}

/// `GraphProto`: nodes, weights, inputs and outputs.
package struct ONNXGraphMessage {
  package private(set) var nodes: [ONNXNode] = []
  private(set) var initializers: [ONNXTensor] = []
  private(set) var inputs: [ONNXValueInfo] = []
  private(set) var outputs: [ONNXValueInfo] = []
  private(set) var hasSparseInitializers = false

  init(_ bytes: ArraySlice<UInt8>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard case .bytes(let content) = field.value else { continue }
      switch field.number {
      case ONNXField.Graph.nodes: nodes.append(try ONNXNode(content))
      case ONNXField.Graph.initializers: initializers.append(try ONNXTensor(content))
      case ONNXField.Graph.inputs: inputs.append(try ONNXValueInfo(content))
      case ONNXField.Graph.outputs: outputs.append(try ONNXValueInfo(content))
      case ONNXField.Graph.sparseInitializers: hasSparseInitializers = true
      default: break
      }
    }
  }
}
