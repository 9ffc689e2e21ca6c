import Autograd
import NN
import Tensor

/// A layer that takes the elements at some places along an axis of each example; ONNX's `Gather`.
final class GatherLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  let places: [Int]

  init(axis: Int, _ places: [Int]) {
    (self.axis, self.places) = (axis, places)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis), places.allSatisfy((0..<inputShape[axis]).contains), !places.isEmpty else {
      throw LayerError(inputShape: inputShape, reason: "there are no such places along axis \(axis)")
    }
    return inputShape.replacing(axis: axis, with: places.count)
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let order = [axis + 1] + x.shape.indices.filter { $0 != axis + 1 }
    return x.permuted(order).gathering(places).permuted(order.indices.sorted { order[$0] < order[$1] })
  }
}

extension GatherLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let indices = graph.add(places, name: "\(name).places")
    return graph.add("Gather", [input, indices], name: name, ["axis": .integer(axis + 1)])
  }
}
