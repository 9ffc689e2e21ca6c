import Autograd
import Tensor

/// A linear function of features, y = x w + b, as a part of an attention: its number of outputs is known when that is
/// built.
package final class Projection: Layer, Sendable {
  package let initializer: Initializer
  /// The weight, `[features, units]`.
  package let weight = Parameter()
  /// Added to each output, `[units]`; `nil` for none.
  package let bias: Parameter?

  init(useBias: Bool, initializer: Initializer) {
    self.initializer = initializer
    bias = useBias ? Parameter() : nil
  }

  func build(_ inputShape: Shape, units: Int, using generator: inout RandomGenerator) throws {
    let shape: Shape = [inputShape.featureCount, units]
    try weight.storage.build("weight", shape, for: inputShape) {
      initializer(shape, fanIn: shape[0], fanOut: units, using: &generator)
    }
    try bias?.storage.build("bias", [units], for: inputShape) { Tensor(zeros: [units]) }
  }

  package func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try build(inputShape, units: inputShape.featureCount, using: &generator)
    return inputShape
  }

  package func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let product = x.multipliedAlongLastAxis(by: context[weight])
    return bias.map { product + context[$0] } ?? product
  }
}
