import Autograd
import NN
import Tensor

/// A layer that makes numbers of rows of its input, for a table that is looked up with computed numbers; a part of ONNX's `Gather`.
///
/// Negative numbers count from the end. A number beyond both ends is that of the nearest row, and what is no number that of the
/// first, so that no file stops a program. No gradient passes.
final class RowNumbers: Layer, Sendable {
  /// How many rows there are.
  let count: Int

  init(count: Int) {
    self.count = count
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard count >= 1 else { throw LayerError(inputShape: inputShape, reason: "a table without rows has no numbers") }
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let rows = Float(count)
    // Beyond 2²⁴ the number of the last row may be rounded up.
    let last = min(Float(count - 1), rows.nextDown.rounded(.down))
    let numbers = x.value.scalars.map { number -> Float in
      let fromStart = number < 0 ? number + rows : number
      return fromStart > 0 ? min(fromStart, last) : 0
    }
    return Variable(Tensor(shape: x.shape, scalars: numbers))
  }
}

extension RowNumbers: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let bounds = [("low", -Float(count)), ("high", Float(count - 1))].map {
      graph.add(Tensor(scalar: $1), name: "\(name).\($0)")
    }
    return graph.add("Clip", [input] + bounds, name: name)
  }
}
