import Autograd
import NN
import Tensor

/// A layer that gives the same trained example for each example of its input, such as the class token of a transformer.
///
/// Shapes: any input `[N, …]`, output `[N, shape of the constant]`.
final class ConstantExample: Layer, Sendable {
  let constant = Parameter()

  init(_ constant: Tensor<Float>) {
    self.constant.set(constant)
    if constant.count <= 1 { self.constant.fix() }
  }

  func makeCopy(_ copies: LayerCopies) -> any Layer { ConstantExample(constant.value) }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { constant.value.shape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let value = context[constant]
    return value.broadcast(to: Shape([x.shape[0]] + value.shape))
  }
}

extension ConstantExample: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let shape = constant.value.shape
    let count = graph.add("Shape", [input], name: "\(name).inputShape", ["start": .integer(0), "end": .integer(1)])
    let lengths = graph.add(Array(shape), name: "\(name).lengths")
    let target = graph.add("Concat", [count, lengths], name: "\(name).shape", ["axis": .integer(0)])
    return graph.add("Expand", [graph.add(constant.value, name: "\(name).constant"), target], name: name)
  }
}
