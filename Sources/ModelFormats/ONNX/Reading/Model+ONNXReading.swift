import NN
import Serialization
import Tensor

extension Model {
  /// Reads a model from an ONNX file.
  ///
  /// ```swift
  /// let network = try Model(onnxFile: "resnet18.onnx")
  /// let flexible = try Model(onnxFile: "fully_convolutional.onnx", inputShapes: ["input": [3, 224, 224]])
  /// ```
  ///
  /// Weights become parameters, so that the model can be trained and saved in any format. Layers are named after the nodes.
  /// The first axis of each input holds the examples. **Images** are `[N, C, H, W]`, as in the file; an input of the file
  /// that is `[N, H, W, C]`, and is turned before its first convolution, as Keras's exports are, is `[N, C, H, W]` in the
  /// model. So is such an output then. Transpositions that cancel leave nothing behind.
  ///
  /// Shapes that the file computes are computed here, once. Half and double precision become single precision. What Kilim
  /// cannot compute is refused with the name of the node, its operator, and what was found; the operators that are read
  /// are listed in `Docs/onnx-conformance.md`.
  ///
  /// Nothing in the file is executed. Sizes are compared with the bytes that are there before memory is taken.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - inputShapes: for inputs whose size the file leaves open, the shape of one example in the order of the file.
  ///   - customLayers: the layers of your own that the file may hold.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` naming file and node.
  public convenience init(
    onnxFile path: String, inputShapes: [String: Shape] = [:], customLayers: [any ONNXReadableLayer.Type] = []
  ) throws {
    try self.init(
      onnx: readFile(path, limit: largestMessage), path: path, inputShapes: inputShapes,
      customLayers: customLayers)
  }

  /// Reads a model from the bytes of an ONNX file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where they came from, named by errors.
  ///   - inputShapes: for inputs whose size the file leaves open, the shape of one example in the order of the file.
  ///   - customLayers: the layers of your own that the file may hold.
  /// - Throws: `ModelFileError`.
  public convenience init(
    onnx bytes: [UInt8], path: String, inputShapes: [String: Shape] = [:],
    customLayers: [any ONNXReadableLayer.Type] = []
  ) throws {
    let file: ONNXModelMessage
    do {
      file = try ONNXModelMessage(bytes[...])
    } catch {
      throw ModelFileError(path: path, place: "file", problem: .damaged(error.description))
    }
    let reading = try ONNXReading(file, inputShapes: inputShapes, custom: customLayers, path: path)
    do {
      try self.init(inputs: reading.inputs.map(\.symbol), outputs: reading.outputs.map(\.symbol))
    } catch let error as LayerError {
      throw ModelFileError(path: path, place: "model", problem: .damaged("\(error)"))
    } catch let error as ModelError {
      throw ModelFileError(path: path, place: "model", problem: .damaged("\(error)"))
    }
    metadata = file.metadata
  }
}

/// Protocol Buffers can write messages of up to 2 GB.
private let largestMessage = 1 << 31
