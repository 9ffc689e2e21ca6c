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
    case logSum = "ReduceLogSum"
    case product = "ReduceProd"
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

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { reduced(x) }

  /// The reduction of a constant, as if it were one example.
  func callAsFunction(_ constant: Tensor<Float>) -> Tensor<Float> {
    let result = reduced(Variable(constant.expandingShape(at: 0))).value
    return result.squeezingShape(at: 0)
  }

  private func reduced(_ x: Variable<Float>) -> Variable<Float> {
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
    case .logSum: x.sum(axes, keepingAxes: true).log()
    case .product: product(x, axes)
    }
  }

  /// The product by halves: the gradient of an element is no quotient by it, so that it may be 0.
  private func product(_ x: Variable<Float>, _ axes: [Int]) -> Variable<Float> {
    let kept = x.shape.indices.filter { !axes.contains($0) }
    let count = axes.reduce(1) { $0 * x.shape[$1] }
    let axis = kept.count
    var rest = x.permuted(kept + axes).reshaped(to: kept.map { x.shape[$0] } + [count])
    while rest.shape[axis] > 1 {
      let half = rest.shape[axis] / 2
      var parts = [rest.slice(0..<half, axis: axis) * rest.slice(half..<2 * half, axis: axis)]
      if rest.shape[axis] > 2 * half { parts.append(rest.slice(2 * half..<2 * half + 1, axis: axis)) }
      rest = parts.count == 1 ? parts[0] : Variable(concatenating: parts, axis: axis)
    }
    return rest.reshaped(to: x.shape.indices.map { axes.contains($0) ? 1 : x.shape[$0] })
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
