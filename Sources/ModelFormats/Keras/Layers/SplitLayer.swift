import Autograd
import NN
import Serialization
import Tensor

/// A layer that cuts each example into parts along an axis; Keras's `ops.split` and `ops.unstack`.
///
/// Shapes: the parts have the input's shape, but for the axis.
final class SplitLayer: Layer, Sendable {
  /// Counted without the examples.
  let axis: Int
  /// The places where the parts begin, the first of which is 0, and the end of the axis.
  let bounds: [Int]
  /// Whether the parts, all of length 1, have the axis no more.
  let dropsAxis: Bool

  init(axis: Int, bounds: [Int], dropsAxis: Bool = false) {
    (self.axis, self.bounds, self.dropsAxis) = (axis, bounds, dropsAxis)
  }

  var outputCount: Int { bounds.count - 1 }

  private var ranges: [Range<Int>] { zip(bounds, bounds.dropFirst()).map(..<) }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    throw LayerError(inputShape: inputShape, reason: "it has \(outputCount) outputs")
  }

  func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    guard inputShapes.count == 1, inputShapes[0].indices.contains(axis), inputShapes[0][axis] == bounds.last else {
      throw LayerError(
        inputShapes: inputShapes, reason: "one input with \(bounds.last ?? 0) along axis \(axis) is needed")
    }
    let shape = inputShapes[0]
    return ranges.map { dropsAxis ? shape.removing(axis: axis) : shape.replacing(axis: axis, with: $0.count) }
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { outputs(of: [x], context)[0] }

  func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    ranges.map { range in
      let part = inputs[0].slice(range, axis: axis + 1)
      return dropsAxis ? part.reshaped(to: Array(part.shape.removing(axis: axis + 1))) : part
    }
  }
}

extension SplitLayer: KerasOperationLayer {
  var kerasClass: String { dropsAxis ? "Unstack" : "Split" }
  var kerasModule: String { dropsAxis ? "keras.src.ops.core" : "keras.src.ops.numpy" }
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    let axis = JSON(inputShapes.first?.kerasAxis(axis) ?? 1)
    if dropsAxis { return ["num": JSON(outputCount), "axis": axis] }
    return ["indices_or_sections": .array(bounds.dropFirst().dropLast().map { JSON($0) }), "axis": axis]
  }
}

extension SplitLayer: ONNXSeveralLayer {
  func add(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) -> [String] {
    ranges.enumerated().map { index, range in
      let parts = [("starts", range.lowerBound), ("ends", range.upperBound), ("axes", axis + 1)]
      let bounds = parts.map { graph.add([$1], name: "\(name).\($0)\(index)") }
      let part = graph.add("Slice", inputs + bounds, name: "\(name).\(index)")
      guard dropsAxis else { return part }
      return graph.add("Squeeze", [part, bounds[2]], name: "\(name).alone\(index)")
    }
  }
}
