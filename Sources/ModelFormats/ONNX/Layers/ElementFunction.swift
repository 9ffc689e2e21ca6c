import Autograd
import Glibc
import NN
import Tensor

/// A function of each element by itself that is no ``Activation``, but for a
/// logarithm of a softmax.
enum ElementFunction: Hashable, Sendable {
  case activation(Activation)
  case absolute, logarithm, squareRoot, reciprocal, negative, squared, cubed
  case clip(low: Float, high: Float)
  case mapped(MappedFunction)
  /// x to the power of a number.
  case power(Float)
  /// xᵢ - log Σⱼ e^xⱼ along an axis of an example.
  case logSoftmax(axis: Int)

  func callAsFunction(_ x: Variable<Float>) -> Variable<Float> {
    switch self {
    case .activation(let activation): activation(x)
    case .absolute: x.absolute()
    case .logarithm: x.log()
    case .squareRoot: x.squareRoot()
    case .reciprocal: 1 / x
    case .negative: -x
    case .squared: x.squared()
    case .cubed: x.squared() * x
    case .clip(let low, let high): x.clipped(to: low...high)
    case .mapped(let function): function(x)
    case .power(let exponent):
      x.mapped({ Glibc.powf($0, exponent) }, slope: { exponent * Glibc.powf($0, exponent - 1) })
    case .logSoftmax(let axis): x.logSoftmax(axis: axis + 1)
    }
  }

  func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> { self(Variable(x)).value }
}

/// A layer that applies an ``ElementFunction``, for operators of ONNX that Keras has no layer for.
final class FunctionLayer: Layer, Sendable {
  let function: ElementFunction

  init(_ function: ElementFunction) {
    self.function = function
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { function(x) }
}

extension FunctionLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    switch function {
    case .activation(let activation):
      return try activation.add(to: &graph, input: input, name: name, rank: inputShape.rank)
    case .absolute: return graph.add("Abs", [input], name: name)
    case .logarithm: return graph.add("Log", [input], name: name)
    case .squareRoot: return graph.add("Sqrt", [input], name: name)
    case .reciprocal: return graph.add("Reciprocal", [input], name: name)
    case .negative: return graph.add("Neg", [input], name: name)
    case .squared: return graph.add("Mul", [input, input], name: name)
    case .cubed:
      return graph.add("Mul", [graph.add("Mul", [input, input], name: "\(name).square"), input], name: name)
    case .clip(let low, let high):
      let bounds = [("low", low), ("high", high)].map { graph.add(Tensor(scalar: $1), name: "\(name).\($0)") }
      return graph.add("Clip", [input] + bounds, name: name)
    case .mapped(let function): return graph.add(function.rawValue, [input], name: name)
    case .power(let exponent):
      return graph.add("Pow", [input, graph.add(Tensor(scalar: exponent), name: "\(name).exponent")], name: name)
    case .logSoftmax(let axis): return graph.add("LogSoftmax", [input], name: name, ["axis": .integer(axis + 1)])
    }
  }
}
