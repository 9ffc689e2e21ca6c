import Autograd
import NN
import Tensor

/// A layer that puts copies of each example one behind the other along an axis; ONNX's `Tile`.
final class TileLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  let count: Int

  init(axis: Int, count: Int) {
    (self.axis, self.count) = (axis, count)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis), count >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "there is no axis \(axis) to repeat \(count) times")
    }
    let (length, overflows) = inputShape[axis].multipliedReportingOverflow(by: count)
    guard !overflows else { throw LayerError(inputShape: inputShape, reason: "\(count) copies are too many") }
    return inputShape.replacing(axis: axis, with: length)
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let (before, after) = (Array(x.shape[...axis]), Array(x.shape[(axis + 1)...]))
    return x.reshaped(to: before + [1] + after).broadcast(to: Shape(before + [count] + after))
      .reshaped(to: before + [count * after[0]] + after.dropFirst())
  }
}

extension TileLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    var counts = [Int](repeating: 1, count: inputShape.rank + 1)
    counts[axis + 1] = count
    return graph.add("Tile", [input, graph.add(counts, name: "\(name).counts")], name: name)
  }
}
