import Autograd
import NN
import Tensor

/// A layer that reduces axes of each example to length 1; ONNX's `ReduceMean` and its like.
final class ReduceLayer: Layer, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case sum = "ReduceSum"
    case mean = "ReduceMean"
    case maximum = "ReduceMax"
    case minimum = "ReduceMin"
    case absoluteSum = "ReduceL1"
    case length = "ReduceL2"
    case sumOfSquares = "ReduceSumSquare"
    case logSumExp = "ReduceLogSumExp"
  }

  let kind: Kind
  /// Counted without the examples.
  let axes: [Int]

  init(_ kind: Kind, axes: [Int]) {
    (self.kind, self.axes) = (kind, axes)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard axes.allSatisfy(inputShape.indices.contains) else {
      throw LayerError(inputShape: inputShape, reason: "there are no axes \(axes)")
    }
    return Shape(inputShape.indices.map { axes.contains($0) ? 1 : inputShape[$0] })
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let axes = axes.map { $0 + 1 }
    return switch kind {
    case .sum: x.sum(axes, keepingAxes: true)
    case .mean: x.mean(axes, keepingAxes: true)
    case .maximum: x.max(axes, keepingAxes: true)
    case .minimum: x.min(axes, keepingAxes: true)
    case .absoluteSum: x.absolute().sum(axes, keepingAxes: true)
    case .length: x.squared().sum(axes, keepingAxes: true).squareRoot()
    case .sumOfSquares: x.squared().sum(axes, keepingAxes: true)
    case .logSumExp: logSumExp(x, axes)
    }
  }

  /// log Σ eˣ = m + log Σ e^(x - m), with the largest element as m, so that nothing overflows.
  private func logSumExp(_ x: Variable<Float>, _ axes: [Int]) -> Variable<Float> {
    let largest = x.detached().max(axes, keepingAxes: true)
    return (x - largest).exp().sum(axes, keepingAxes: true).log() + largest
  }
}

extension ReduceLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let axes = axes.map { $0 + 1 }
    guard kind == .sum else { return graph.add(kind.rawValue, [input], name: name, ["axes": .integers(axes)]) }
    return graph.add(kind.rawValue, [input, graph.add(axes, name: "\(name).axes")], name: name)
  }
}
