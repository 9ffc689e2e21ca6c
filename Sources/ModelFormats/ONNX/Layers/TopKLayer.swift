import Autograd
import NN
import Tensor

/// A layer that gives the largest or smallest elements along an axis of each example, in their order, or where they stand;
/// ONNX's `TopK`. Of equal elements the first comes first.
///
/// Shapes: input `[N, …]`; in the output the axis is `count` long. The gradient goes to the elements that are given; none
/// passes through places.
final class TopKLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  let count: Int
  let takesLargest: Bool
  /// Whether the places are given, and not the elements.
  let givesPlaces: Bool

  init(axis: Int, count: Int, takesLargest: Bool, givesPlaces: Bool) {
    (self.axis, self.count) = (axis, count)
    (self.takesLargest, self.givesPlaces) = (takesLargest, givesPlaces)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis), (1...max(inputShape[axis], 1)).contains(count), inputShape[axis] > 0 else {
      throw LayerError(inputShape: inputShape, reason: "there are no \(count) elements along axis \(axis)")
    }
    return inputShape.replacing(axis: axis, with: count)
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let others = x.shape.indices.filter { $0 != axis + 1 }
    let order = others + [axis + 1]
    let inverse = order.indices.sorted { order[$0] < order[$1] }
    let target = others.map { x.shape[$0] } + [count]
    let rows = x.permuted(order).reshaped(to: [x.value.count])
    let length = x.shape[axis + 1]
    let scalars = rows.value.scalars
    let starts = Array(stride(from: 0, to: scalars.count, by: length))
    let places = starts.map { self.places(in: scalars[$0..<$0 + length]) }
    guard !givesPlaces else {
      let numbers = zip(starts, places).flatMap { start, places in places.map { Float($0 - start) } }
      return Variable(Tensor(shape: Shape(target), scalars: numbers).permuted(inverse).contiguous())
    }
    return rows.gathering(places.flatMap { $0 }).reshaped(to: target).permuted(inverse)
  }

  /// What is no number counts as the largest, as in PyTorch.
  private func places(in row: ArraySlice<Float>) -> ArraySlice<Int> {
    func comes(_ a: Float, before b: Float) -> Bool {
      let (high, low) = takesLargest ? (a, b) : (b, a)
      return high > low || high.isNaN && !low.isNaN
    }
    return row.indices.sorted { a, b in
      comes(row[a], before: row[b]) || !comes(row[b], before: row[a]) && a < b
    }.prefix(count)
  }
}

extension TopKLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let inputs = [input, graph.add([count], name: "\(name).count")]
    let options: [(String, ONNXGraph.Attribute)] = [
      ("axis", .integer(axis + 1)), ("largest", .integer(takesLargest ? 1 : 0)),
    ]
    guard givesPlaces else {
      return graph.add("TopK", inputs, outputs: [name, "\(name).places"], options, node: name)[0]
    }
    let places = graph.add("TopK", inputs, outputs: ["\(name).elements", "\(name).places"], options)[1]
    return graph.add("Cast", [places], name: name, ["to": .integer(ONNXElementType.float.rawValue)])
  }
}
