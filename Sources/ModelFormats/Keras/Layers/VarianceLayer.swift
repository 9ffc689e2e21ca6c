import Autograd
import NN
import Serialization
import Tensor

/// A layer that reduces axes of each example to length 1: to the variance, mean((x - mean(x))²), or to its square root, the
/// standard deviation; Keras's `ops.var` and `ops.std`.
final class VarianceLayer: Layer, Sendable {
  /// Counted without the examples.
  let axes: [Int]
  /// Whether the result is the standard deviation.
  let isDeviation: Bool

  init(axes: [Int], isDeviation: Bool) {
    (self.axes, self.isDeviation) = (axes, isDeviation)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try ReduceLayer(.mean, axes: axes).build(inputShape: inputShape, using: &generator)
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let variance = x.variance(axes.map { $0 + 1 }, keepingAxes: true)
    return isDeviation ? variance.squareRoot() : variance
  }
}

extension VarianceLayer: KerasOperationLayer {
  var kerasClass: String { isDeviation ? "Std" : "Var" }
  var dependsOnElementOrder: Bool { true }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    ["axis": JSON(kerasAxes: axes.map { $0 + 1 }, of: inputShapes.first ?? []), "keepdims": true]
  }
}

extension VarianceLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let axes: KeyValuePairs<String, ONNXGraph.Attribute> = ["axes": .integers(axes.map { $0 + 1 })]
    let mean = graph.add("ReduceMean", [input], name: "\(name).mean", axes)
    let rest = graph.add("Sub", [input, mean], name: "\(name).rest")
    let squares = graph.add("Mul", [rest, rest], name: "\(name).squares")
    guard isDeviation else { return graph.add("ReduceMean", [squares], name: name, axes) }
    return graph.add("Sqrt", [graph.add("ReduceMean", [squares], name: "\(name).variance", axes)], name: name)
  }
}
