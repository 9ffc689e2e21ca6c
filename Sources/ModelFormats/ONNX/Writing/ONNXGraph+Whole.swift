import NN
import Serialization
import Tensor

extension ONNXGraph {
  /// Name, type and shape of an input or output of a graph.
  package struct Value {
    /// The length of an axis.
    package enum Axis {
      case length(Int)
      /// Any length, with a name.
      case any(String)
    }

    let name: String
    let type: ONNXElementType
    /// `nil` if the shape is not known.
    let axes: [Axis]?

    package init(_ name: String, _ type: ONNXElementType, _ axes: [Axis]? = nil) {
      (self.name, self.type, self.axes) = (name, type, axes)
    }

    /// A tensor of `Float` for any number N of examples.
    init(_ name: String, batchOf shape: Shape) {
      self.init(name, .float, [.any("N")] + shape.map { .length($0) })
    }

    /// The `ValueInfoProto`.
    fileprivate func message() -> ProtobufMessage {
      var tensor = ProtobufMessage()
      tensor.add(ONNXField.TensorType.elements, type.rawValue)
      if let axes {
        var shape = ProtobufMessage()
        for axis in axes {
          var message = ProtobufMessage()
          switch axis {
          case .length(let length): message.add(ONNXField.Axis.length, length)
          case .any(let name): message.add(ONNXField.Axis.name, name)
          }
          shape.add(ONNXField.Shape.axes, message)
        }
        tensor.add(ONNXField.TensorType.shape, shape)
      }
      var type = ProtobufMessage()
      type.add(ONNXField.ValueType.tensor, tensor)
      var value = ProtobufMessage()
      value.add(ONNXField.Value.name, name)
      value.add(ONNXField.Value.type, type)
      return value
    }
  }

  /// A graph with its ends.
  package struct Whole {
    let graph: ONNXGraph
    let inputs: [Value]
    let outputs: [Value]

    package init(_ graph: ONNXGraph, inputs: [Value], outputs: [Value]) {
      (self.graph, self.inputs, self.outputs) = (graph, inputs, outputs)
    }

    /// The `GraphProto`.
    func message() -> ProtobufMessage {
      var message = ProtobufMessage()
      for node in graph.nodes { message.add(ONNXField.Graph.nodes, node) }
      message.add(ONNXField.Graph.name, "kilim")
      for weight in graph.weights { message.add(ONNXField.Graph.initializers, weight) }
      for input in inputs { message.add(ONNXField.Graph.inputs, input.message()) }
      for output in outputs { message.add(ONNXField.Graph.outputs, output.message()) }
      return message
    }

    /// The newest set of operations that every onnxruntime since 2022 knows, and the file format that belongs to it.
    private static let operationSet = 17
    private static let formatVersion = 8
    /// Readers of Protocol Buffers take no larger message.
    private static let largestFile = 1 << 31 - 1

    /// The bytes of an ONNX file.
    ///
    /// - Parameters:
    ///   - metadata: texts that are written too.
    ///   - path: the file the bytes are meant for, named by errors.
    /// - Throws: `ModelFileError` if they are too many.
    package func fileBytes(metadata: [String: String], for path: String) throws -> [UInt8] {
      var model = ProtobufMessage()
      model.add(ONNXField.Model.formatVersion, Self.formatVersion)
      model.add(ONNXField.Model.producer, "Kilim")
      model.add(ONNXField.Model.graph, message())
      for (domain, version) in [("", Self.operationSet)] + graph.domains.sorted(by: { $0.key < $1.key }) {
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
}
