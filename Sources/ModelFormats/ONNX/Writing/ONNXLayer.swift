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
  /// - Throws: ``ONNXRefusal`` for a layer that ONNX lacks.
  func add(to onnx: inout ONNXGraph, inputs: [String], name: String) throws -> [String] {
    let shapes = shapes
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
      switch layer {
      case let part as Model: values += try part.add(to: &onnx, inputs: arguments, name: place)
      case let layer as any ONNXMergingLayer:
        values.append(try layer.add(to: &onnx, merging: arguments, name: place, inputShapes: argumentShapes))
      case let layer as any ONNXLayer:
        values.append(try layer.add(to: &onnx, input: arguments[0], name: place, inputShape: argumentShapes[0]))
      case let layer as any ONNXCustomLayer:
        values += try layer.addONNX(to: &onnx, inputs: arguments, name: place, inputShapes: argumentShapes)
      default: throw ONNXRefusal(layer: place, type: "\(type(of: layer))")
      }
    }
    return graph.outputs.map { values[$0] }
  }
}
