import Autograd
import Tensor

/// A linear function of features, y = x w + b, as a part of an attention: its number of outputs is known when that is
/// built.
package final class Projection: Layer, Sendable {
  /// What all projections of an attention have in common.
  package struct Options: Hashable, Sendable {
    package var useBias = true
    package var initializer: Initializer = .glorotUniform
    package var biasInitializer: Initializer = .zeros
    package var kernelRegularizer, biasRegularizer, activityRegularizer: Regularizer?
  }

  package let options: Options
  /// The weight, `[features, units]`.
  package let weight = Parameter()
  /// Added to each output, `[units]`; `nil` for none.
  package let bias: Parameter?

  init(_ options: Options) {
    self.options = options
    bias = options.useBias ? Parameter() : nil
  }

  package var penalties: [WeightPenalty] {
    WeightPenalty.all((weight, options.kernelRegularizer), (bias, options.biasRegularizer))
  }

  func build(_ inputShape: Shape, units: Int, using generator: inout RandomGenerator) throws {
    let shape: Shape = [inputShape.featureCount, units]
    try weight.storage.build("weight", shape, for: inputShape) {
      try options.initializer.values(shape, fanIn: shape[0], fanOut: units, using: &generator)
    }
    try bias?.buildBias(units, options.biasInitializer, for: inputShape, using: &generator)
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
