import Autograd
import NN
import Tensor

/// What is computed of two elements. Comparisons give 1 for true and 0 for false.
enum PairOperation: String, Sendable {
  case add = "Add"
  case subtract = "Sub"
  case multiply = "Mul"
  case divide = "Div"
  case maximum = "Max"
  case minimum = "Min"
  case equal = "Equal"
  case less = "Less"
  case lessOrEqual = "LessOrEqual"
  case greater = "Greater"
  case greaterOrEqual = "GreaterOrEqual"

  /// Whether the result is a truth value.
  var compares: Bool {
    switch self {
    case .equal, .less, .lessOrEqual, .greater, .greaterOrEqual: true
    default: false
    }
  }

  func callAsFunction(_ a: Variable<Float>, _ b: Variable<Float>) -> Variable<Float> {
    func truth(_ mask: Tensor<Bool>) -> Variable<Float> {
      Variable(Tensor<Float>(ones: mask.shape).masked(by: mask))
    }
    return switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .maximum: Variable.maximum(a, b)
    case .minimum: Variable.minimum(a, b)
    case .equal: truth(a.value .== b.value)
    case .less: truth(a.value .< b.value)
    case .lessOrEqual: truth(a.value .<= b.value)
    case .greater: truth(a.value .> b.value)
    case .greaterOrEqual: truth(a.value .>= b.value)
    }
  }
}

/// A layer that combines its input with a trained constant, for graphs of ONNX: y = f(x, c), or f(c, x).
///
/// Shapes: input and output `[N, …]`; the constant has the shape of an example, with 1 where it is the same.
final class ConstantLayer: Layer, Sendable {
  let operation: PairOperation
  /// Whether the constant is the first of the pair.
  let isFirst: Bool
  let constant = Parameter()

  init(_ operation: PairOperation, _ constant: Tensor<Float>, isFirst: Bool) {
    self.operation = operation
    self.isFirst = isFirst
    self.constant.set(constant)
    // A single number or a bound is no weight.
    if constant.count <= 1 || operation.compares { self.constant.fix() }
  }

  func makeCopy(_ copies: LayerCopies) -> any Layer { ConstantLayer(operation, constant.value, isFirst: isFirst) }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard let shape = Shape.broadcast(inputShape, constant.value.shape) else {
      throw LayerError(inputShape: inputShape, reason: "the constant has shape \(constant.value.shape)")
    }
    return shape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    isFirst ? operation(context[constant], x) : operation(x, context[constant])
  }
}

extension ConstantLayer: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let constant = graph.add(constant.value, name: "\(name).constant")
    return graph.addPair(operation, isFirst ? [constant, input] : [input, constant], name: name)
  }
}

/// A layer that combines two inputs, for what Keras has no layer for.
final class PairLayer: MergingLayer, Sendable {
  let operation: PairOperation

  init(_ operation: PairOperation) {
    self.operation = operation
  }

  func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    try Subtract().build(merging: shapes, using: &generator)
  }

  func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    let inputs = MergedInputs.aligned(inputs)
    return operation(inputs[0], inputs[1])
  }
}

extension PairLayer: ONNXMergingLayer {
  func add(to graph: inout ONNXGraph, merging inputs: [String], name: String, inputShapes: [Shape]) throws -> String {
    graph.addPair(operation, graph.aligned(inputs, inputShapes, name: name), name: name)
  }
}

extension ONNXGraph {
  /// Adds an operation of pairs; a comparison gives numbers.
  fileprivate mutating func addPair(_ operation: PairOperation, _ inputs: [String], name: String) -> String {
    guard operation.compares else { return add(operation.rawValue, inputs, name: name) }
    let truth = add(operation.rawValue, inputs, name: "\(name).truth")
    return add("Cast", [truth], name: name, ["to": .integer(ONNXElementType.float.rawValue)])
  }
}
