import Autograd
import NN
import Tensor

/// A layer that gives the place of the largest element along an axis of each example, which becomes 1 long; ONNX's `ArgMax`.
/// No gradient passes.
final class ArgMaxLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int

  init(axis: Int) {
    self.axis = axis
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis), inputShape[axis] > 0 else {
      throw LayerError(inputShape: inputShape, reason: "there is no axis \(axis)")
    }
    return inputShape.replacing(axis: axis, with: 1)
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let places = x.value.argmax(axis: axis + 1)
    return Variable(
      Tensor(shape: x.shape.replacing(axis: axis + 1, with: 1), scalars: places.scalars.map { Float($0) }))
  }
}

extension ArgMaxLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let places = graph.add("ArgMax", [input], name: "\(name).places", ["axis": .integer(axis + 1)])
    return graph.add("Cast", [places], name: name, ["to": .integer(ONNXElementType.float.rawValue)])
  }
}
