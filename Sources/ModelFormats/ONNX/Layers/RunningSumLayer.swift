import Autograd
import NN
import Tensor

/// A layer that gives the sum of all elements up to each one along an axis of each example; ONNX's `CumSum`.
///
/// Shapes: input and output `[N, …]`. The gradient of an element is the sum of those of all sums that it is in.
final class RunningSumLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  /// Whether an element is left out of the sum at its own place.
  let isExclusive: Bool
  /// Whether the sums run from the end to the start.
  let isReversed: Bool

  init(axis: Int, isExclusive: Bool, isReversed: Bool) {
    (self.axis, self.isExclusive, self.isReversed) = (axis, isExclusive, isReversed)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis) else {
      throw LayerError(inputShape: inputShape, reason: "there is no axis \(axis)")
    }
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let axis = axis + 1
    let sums = x.value.runningSums(axis: axis, isExclusive: isExclusive, isReversed: isReversed)
    return Variable(
      sums,
      from: (
        x,
        { [isExclusive, isReversed] in
          $0.runningSums(axis: axis, isExclusive: isExclusive, isReversed: !isReversed)
        }
      ))
  }
}

extension RunningSumLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add(
      "CumSum", [input, graph.add(axis + 1, name: "\(name).axis")], name: name,
      ["exclusive": .integer(isExclusive ? 1 : 0), "reverse": .integer(isReversed ? 1 : 0)])
  }
}

extension Tensor<Float> {
  /// For each element the sum of all up to it along an axis.
  fileprivate func runningSums(axis: Int, isExclusive: Bool, isReversed: Bool) -> Tensor {
    let (length, inner) = (shape[axis], shape[(axis + 1)...].reduce(1, *))
    var numbers = scalars
    for block in stride(from: 0, to: numbers.count, by: Swift.max(length * inner, 1)) {
      for column in 0..<inner {
        var sum: Float = 0
        for step in 0..<length {
          let place = block + (isReversed ? length - 1 - step : step) * inner + column
          let element = numbers[place]
          numbers[place] = isExclusive ? sum : sum + element
          sum += element
        }
      }
    }
    return Tensor(shape: shape, scalars: numbers)
  }
}
