import Autograd
import NN
import Tensor

/// A layer that divides each element by a power of the mean square of the channels beside it; ONNX's `LRN`.
///
/// y = x / (bias + α / size · Σ x²)^β, with the sum over `size` channels around the element's own (Krizhevsky, Sutskever,
/// Hinton, 2012, section 3.3). Shapes: input and output `[N, C, …]`.
final class LocalResponseLayer: Layer, Sendable {
  let size: Int
  let alpha: Float
  let beta: Float
  let bias: Float

  init(size: Int, alpha: Float, beta: Float, bias: Float) {
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank >= 1, inputShape[0] > 0, (1...1 << 10).contains(size) else {
      throw LayerError(inputShape: inputShape, reason: "channels and a size of 1 to 1,024 are needed, it is \(size)")
    }
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let channels = x.shape[1]
    let (before, after) = (min((size - 1) / 2, channels - 1), min(size / 2, channels - 1))
    var amounts = [(before: Int, after: Int)](repeating: (0, 0), count: x.shape.rank)
    amounts[1] = (before, after)
    let squares = x.squared().padded(amounts)
    let sum = (0..<before + after).reduce(squares.slice(0..<channels, axis: 1)) { sum, start in
      sum + squares.slice(start + 1..<start + 1 + channels, axis: 1)
    }
    return x * ElementFunction.power(-beta)(sum * (alpha / Float(size)) + bias)
  }
}

extension LocalResponseLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add(
      "LRN", [input], name: name,
      ["size": .integer(size), "alpha": .float(alpha), "beta": .float(beta), "bias": .float(bias)])
  }
}
