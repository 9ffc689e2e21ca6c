import Autograd
import NN
import Tensor

/// A layer that gives the steps of a sequence `[N, T, …]` from the last to the first.
final class ReverseLayer: Layer, Sendable {
  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank >= 1 else { throw LayerError(inputShape: inputShape, reason: "a sequence [T, …] is needed") }
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x.reversed(axis: 1) }
}

extension ReverseLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.addReversal(of: input, name: name)
  }
}

extension ONNXGraph {
  /// Adds the steps of a sequence `[N, T, …]` from the last to the first.
  mutating func addReversal(of input: String, name: String) -> String {
    let parts = [("starts", -1), ("ends", -Int(Int32.max)), ("axes", 1), ("steps", -1)]
    var inputs = [input]
    for (part, number) in parts { inputs.append(add([number], name: "\(name).\(part)")) }
    return add("Slice", inputs, name: name)
  }
}
