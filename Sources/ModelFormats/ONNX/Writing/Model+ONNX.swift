import NN
import Serialization
import Tensor

extension Model {
  /// Writes the model for inference as an ONNX file, whole or not at all.
  ///
  /// The file has opset 17 and computes with `Float`. The value `input` is `[N, C, H, W]` or `[N, features]`, the value
  /// `output` is `[N, …]`, with any number N of examples. Several inputs and outputs have the names ``Model/inputNames`` and
  /// `output`, `output_1`, …. The texts in `metadata` are written too. Layers that act in
  /// training alone, such as dropout, are left out.
  ///
  /// - Throws: `ModelFileError` naming a layer that ONNX lacks, such as one of your own, or a model that was not built, before
  ///   a file is touched; `FileError` if the file cannot be written.
  public func exportONNX(to path: String) throws {
    try writeAtomically(onnxBytes(for: path), to: path, replacing: .sameKind)
  }

  /// The newest set of operations that every onnxruntime since 2022 knows, and the file format that belongs to it.
  private static let operationSet = 17
  private static let formatVersion = 8
  /// Readers of Protocol Buffers take no larger message.
  private static let largestFile = 1 << 31 - 1

  /// Throws what ``exportONNX(to:)`` would throw for a layer that ONNX lacks.
  func checkONNX(for path: String) throws {
    _ = try onnxGraph(for: path)
  }

  private func onnxGraph(for path: String) throws -> ONNXGraph.Whole {
    guard !shapes.isEmpty else {
      throw ModelFileError(
        path: path, place: "model",
        problem: .unsupported(found: "a model that was not built", expected: "one with an input"))
    }
    var graph = ONNXGraph()
    do {
      let names = graph.inputNames(for: self)
      let results = try add(to: &graph, inputs: names, name: "")
      let outputs = results.enumerated().map { index, result in
        graph.add("Identity", [result], name: index == 0 ? "output" : "output_\(index)")
      }
      return ONNXGraph.Whole(
        graph: graph, inputs: Array(zip(names, inputShapes)), outputs: Array(zip(outputs, outputShapes)))
    } catch let refusal as ONNXRefusal {
      throw ModelFileError(
        path: path, place: "layer \"\(refusal.layer)\"",
        problem: .unsupported(found: refusal.type, expected: "a layer that ONNX has"))
    }
  }

  /// The bytes of the ONNX file.
  ///
  /// - Parameter path: the file the bytes are meant for, named by errors.
  package func onnxBytes(for path: String) throws -> [UInt8] {
    let whole = try onnxGraph(for: path)
    var model = ProtobufMessage()
    model.add(ONNXField.Model.formatVersion, Self.formatVersion)
    model.add(ONNXField.Model.producer, "Kilim")
    model.add(ONNXField.Model.graph, whole.message())
    for (domain, version) in [("", Self.operationSet)] + whole.graph.domains.sorted(by: { $0.key < $1.key }) {
      var operations = ProtobufMessage()
      if !domain.isEmpty { operations.add(ONNXField.OperationSet.domain, domain) }
      operations.add(ONNXField.OperationSet.version, version)
      model.add(ONNXField.Model.operationSets, operations)
    }
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      var entry = ProtobufMessage()
      entry.add(ONNXField.Entry.key, key)
      entry.add(ONNXField.Entry.value, value)
      model.add(ONNXField.Model.metadata, entry)
    }
    guard model.bytes.count <= Self.largestFile else {
      throw ModelFileError(
        path: path, place: "model", problem: .tooLarge(byteCount: UInt64(model.bytes.count), limit: Self.largestFile))
    }
    return model.bytes
  }
}
