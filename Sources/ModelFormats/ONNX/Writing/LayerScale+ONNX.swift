import NN
import Tensor

extension LayerScale: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    // Behind the axis of the features come the others of an image.
    let trailing = [Int](repeating: 1, count: inputShape.rank - featureAxis(ofExample: inputShape))
    let numbers = scale.value.reshaped(to: Shape([inputShape.featureCount] + trailing))
    return graph.add("Mul", [input, graph.add(numbers, name: "\(name).scale")], name: name)
  }
}
