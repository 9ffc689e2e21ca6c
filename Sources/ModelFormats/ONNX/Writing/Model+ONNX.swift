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
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only ONNX files.
  /// - Throws: `ModelFileError` naming a layer that ONNX lacks, such as one of your own, or a model that was not built, before
  ///   a file is touched; `FileError` if the file cannot be written.
  public func exportONNX(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try writeAtomically(onnxBytes(for: path), to: path, replacing: replacing)
  }

  /// Throws what ``exportONNX(to:replacing:)`` would throw for a layer that ONNX lacks.
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
    let names = graph.inputNames(for: self)
    let results = try add(to: &graph, inputs: names, for: path)
    let outputs = results.enumerated().map { index, result in
      graph.add("Identity", [result], name: index == 0 ? "output" : "output_\(index)")
    }
    return ONNXGraph.Whole(
      graph, inputs: zip(names, inputShapes).map { .init($0, batchOf: $1) },
      outputs: zip(outputs, outputShapes).map { .init($0, batchOf: $1) })
  }

  /// Adds the operations of all layers to a graph, and returns the names of the outputs.
  ///
  /// - Parameters:
  ///   - graph: the graph.
  ///   - inputs: the names of the values that the model takes, batches `[N, …]`.
  ///   - name: what the names of its values begin with; empty for the outermost model.
  ///   - path: the file the graph is meant for, named by errors.
  /// - Throws: `ModelFileError` naming a layer that ONNX lacks.
  package func add(
    to graph: inout ONNXGraph, inputs: [String], name: String = "", for path: String
  ) throws -> [String] {
    do {
      // A normalization uses a mask in training alone.
      if let call = try MaskFlow(self).calls.first(where: { $0.usesMasks && !($0.layer is BatchNorm) }) {
        throw ONNXRefusal(layer: call.path.joined(separator: "."), type: "\(type(of: call.layer)) with a mask")
      }
      return try add(to: &graph, inputs: inputs, name: name, inputShapes: inputShapes)
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
    try onnxGraph(for: path).fileBytes(metadata: metadata, for: path)
  }
}
