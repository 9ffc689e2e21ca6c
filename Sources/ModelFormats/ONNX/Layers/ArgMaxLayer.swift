import Autograd
import NN
import Tensor

/// A layer that gives the place of the largest element along an axis of each example, which becomes 1 long; ONNX's `ArgMax`.
/// No gradient passes.
final class ArgMaxLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  /// Whether the last of several that are equal is meant, and not the first.
  let takesLast: Bool

  init(axis: Int, takesLast: Bool = false) {
    (self.axis, self.takesLast) = (axis, takesLast)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis), inputShape[axis] > 0 else {
      throw LayerError(inputShape: inputShape, reason: "there is no axis \(axis)")
    }
    return inputShape.replacing(axis: axis, with: 1)
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let last = Float(x.shape[axis + 1] - 1)
    let places = (takesLast ? x.value.reversed(axis: axis + 1) : x.value).argmax(axis: axis + 1)
    let numbers = places.scalars.map { takesLast ? last - Float($0) : Float($0) }
    return Variable(Tensor(shape: x.shape.replacing(axis: axis + 1, with: 1), scalars: numbers))
  }
}

extension ArgMaxLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let places = graph.add(
      "ArgMax", [input], name: "\(name).places",
      ["axis": .integer(axis + 1), "select_last_index": .integer(takesLast ? 1 : 0)])
    return graph.add("Cast", [places], name: name, ["to": .integer(ONNXElementType.float.rawValue)])
  }
}
