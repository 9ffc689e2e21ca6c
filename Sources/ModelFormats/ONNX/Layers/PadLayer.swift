import Autograd
import NN
import Tensor

/// A layer that puts copies of a number around each example along any axes; ONNX's `Pad`.
final class PadLayer: Layer, Sendable {
  /// For each axis of an example.
  let amounts: [(before: Int, after: Int)]
  let filler: Float

  init(_ amounts: [(before: Int, after: Int)], with filler: Float) {
    (self.amounts, self.filler) = (amounts, filler)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard let shape = inputShape.padded(by: amounts) else {
      let ends = amounts.map { [$0.before, $0.after] }
      throw LayerError(inputShape: inputShape, reason: "padding of \(ends) is not possible")
    }
    return shape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.padded([(0, 0)] + amounts, with: filler)
  }
}

extension PadLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let pads = [0] + amounts.map(\.before) + [0] + amounts.map(\.after)
    let filler = graph.add(Tensor(scalar: filler), name: "\(name).filler")
    return graph.add("Pad", [input, graph.add(pads, name: "\(name).pads"), filler], name: name)
  }
}
