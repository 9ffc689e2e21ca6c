import Autograd
import NN
import Tensor

/// A layer that keeps every `step`-th element of a range along an axis of an example; ONNX's `Slice`.
final class SliceLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  let range: Range<Int>
  let step: Int

  init(axis: Int, _ range: Range<Int>, step: Int) {
    (self.axis, self.range, self.step) = (axis, range, step)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.indices.contains(axis), range.lowerBound >= 0, range.upperBound <= inputShape[axis],
      (1...Int(Int32.max)).contains(step)
    else {
      throw LayerError(
        inputShape: inputShape, reason: "there is no range \(range) with step \(step) along axis \(axis)")
    }
    return inputShape.replacing(axis: axis, with: (range.count + step - 1) / step)
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.slice(range, axis: axis + 1, step: step)
  }
}

extension SliceLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let parts = [("starts", range.lowerBound), ("ends", range.upperBound), ("axes", axis + 1), ("steps", step)]
    return graph.add("Slice", [input] + parts.map { graph.add([$1], name: "\(name).\($0)") }, name: name)
  }
}
