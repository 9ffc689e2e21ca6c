import NN
import Tensor

/// A layer that ONNX can express.
protocol ONNXLayer: Layer {
  /// Adds the layer's operations to a graph.
  ///
  /// - Parameters:
  ///   - graph: the graph.
  ///   - input: the name of the value that the layer takes.
  ///   - name: the name of the result; other names begin with it.
  ///   - inputShape: `[C, H, W]` or `[features]`.
  /// - Returns: the name of the result.
  /// - Throws: ``ONNXRefusal`` for an inner layer that ONNX lacks.
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String
}

/// A layer that ONNX lacks.
struct ONNXRefusal: Error {
  let layer: String
  let type: String
}

/// A layer with several inputs that ONNX can express.
protocol ONNXMergingLayer: MergingLayer {
  /// Adds the layer's operations to a graph, and returns the name of the result; see ``ONNXLayer``.
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String
}

extension Model {
  /// Adds the operations of all layers to a graph, and returns the names of the outputs.
  ///
  /// - Parameters:
  ///   - onnx: the graph.
  ///   - inputs: the names of the values that the model takes.
  ///   - name: what the names of its values begin with; empty for the outermost model.
  ///   - inputShapes: of the values that the model takes, for one example.
  /// - Throws: ``ONNXRefusal`` for a layer that ONNX lacks.
  func add(to onnx: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) throws -> [String] {
    let shapes = shapes(for: inputShapes)
    var values = inputs
    var calls = [Int](repeating: 0, count: children.count)
    for call in graph.calls {
      let (child, layer) = children[call.layer]
      // A layer that is called again makes a value with a name of its own.
      calls[call.layer] += 1
      let called = calls[call.layer] == 1 ? child : "\(child)#\(calls[call.layer])"
      let place = name.isEmpty ? called : "\(name).\(called)"
      let (arguments, argumentShapes) = (call.inputs.map { values[$0] }, call.inputs.map { shapes[$0] })
      if call.training == true { throw ONNXRefusal(layer: place, type: "a call with training = true") }
      values += try onnx.add(layer, arguments, name: place, inputShapes: argumentShapes)
    }
    return graph.outputs.map { values[$0] }
  }
}

extension ONNXGraph {
  /// Adds the operations of a layer, and returns the names of its results.
  ///
  /// - Throws: ``ONNXRefusal`` for a layer that ONNX lacks.
  mutating func add(_ layer: any Layer, _ inputs: [String], name: String, inputShapes: [Shape]) throws -> [String] {
    switch layer {
    case let part as Model: try part.add(to: &self, inputs: inputs, name: name, inputShapes: inputShapes)
    case let layer as any ONNXSeveralLayer:
      try layer.add(to: &self, inputs: inputs, name: name, inputShapes: inputShapes)
    case let layer as any ONNXMergingLayer:
      [try layer.add(to: &self, merging: inputs, name: name, inputShapes: inputShapes)]
    case let layer as any ONNXLayer:
      [try layer.add(to: &self, input: inputs[0], name: name, inputShape: inputShapes[0])]
    case let layer as any ONNXCustomLayer:
      try layer.addONNX(to: &self, inputs: inputs, name: name, inputShapes: inputShapes)
    default: throw ONNXRefusal(layer: name, type: "\(type(of: layer))")
    }
  }
}
