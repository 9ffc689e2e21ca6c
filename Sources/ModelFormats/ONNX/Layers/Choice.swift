import Autograd
import NN
import Tensor

/// A layer that gives its second input where the first is not 0, and the third elsewhere; ONNX's `Where`.
final class Choice: MergingLayer, Sendable {
  func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    guard shapes.count == 3 else {
      throw LayerError(inputShapes: shapes, reason: "a condition and two values are needed")
    }
    return try Add().build(merging: shapes, using: &generator)
  }

  func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    let inputs = MergedInputs.aligned(inputs)
    let shape = inputs.dropFirst().reduce(inputs[0].shape) { Shape.broadcast($0, $1.shape) ?? $0 }
    let holds = inputs[0].value.broadcast(to: shape) .!= 0
    let others = inputs[0].value.broadcast(to: shape) .== 0
    return inputs[1].broadcast(to: shape).masked(by: holds) + inputs[2].broadcast(to: shape).masked(by: others)
  }
}

extension Choice: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    var aligned = graph.aligned(inputs, inputShapes, name: name)
    aligned[0] = graph.add(
      "Cast", [aligned[0]], name: "\(name).truth", ["to": .integer(ONNXElementType.bool.rawValue)])
    return graph.add("Where", aligned, name: name)
  }
}
