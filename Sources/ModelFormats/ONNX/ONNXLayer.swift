import NN
import Tensor

/// A layer that ONNX can express.
protocol ONNXLayer: Layer {
  /// Adds the layer's operations to a graph.
  ///
  /// - Parameters:
  ///   - graph: the graph.
  ///   - input: the name of the value that the layer takes.
  ///   - name: what the result is to be called; other names begin with it.
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

extension Sequential: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    var value = input
    for (child, inputShape) in zip(children, [inputShape] + outputShapes) {
      let name = name.isEmpty ? child.name : "\(name).\(child.name)"
      guard let layer = child.layer as? any ONNXLayer else {
        throw ONNXRefusal(layer: name, type: "\(type(of: child.layer))")
      }
      value = try layer.add(to: &graph, input: value, name: name, inputShape: inputShape)
    }
    return value
  }
}

extension Residual: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    let long = try body.add(to: &graph, input: input, name: "\(name).body", inputShape: inputShape)
    let short = try shortcut.add(to: &graph, input: input, name: "\(name).shortcut", inputShape: inputShape)
    return graph.add("Add", [long, short], name: name)
  }
}

extension Activation {
  /// Adds the function; `.linear` adds nothing.
  func add(to graph: inout ONNXGraph, input: String, name: String, rank: Int) -> String {
    switch self {
    case .linear: input
    case .relu: graph.add("Relu", [input], name: name)
    case .leakyReLU(let slope): graph.add("LeakyRelu", [input], name: name, ["alpha": .float(slope)])
    case .sigmoid: graph.add("Sigmoid", [input], name: name)
    case .tanh: graph.add("Tanh", [input], name: name)
    case .softmax: graph.add("Softmax", [input], name: name, ["axis": .integer(rank > 1 ? 1 : -1)])
    }
  }
}
