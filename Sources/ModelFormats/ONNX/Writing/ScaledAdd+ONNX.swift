import NN
import Tensor

extension ScaledAdd: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    let aligned = graph.aligned(inputs, inputShapes, name: name)
    let factor = graph.add(Tensor(scalar: scale), name: "\(name).scale")
    return graph.add("Add", [aligned[0], graph.add("Mul", [aligned[1], factor], name: "\(name).scaled")], name: name)
  }
}
