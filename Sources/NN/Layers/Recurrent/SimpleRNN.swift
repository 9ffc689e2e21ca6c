import Autograd
import Tensor

/// A recurrent layer with one state: h = f(x w + b + h' r), with h' from the step before (Elman 1990).
///
/// Shapes: see ``RecurrentLayer``. The tape of each step is kept for the backward pass.
public final class SimpleRNN: RecurrentLayer, Sendable {
  /// The length of the state.
  public let units: Int
  /// f, tanh by default.
  public let activation: Activation
  /// The options that all kinds of recurrent layers share.
  public let options: RecurrentOptions
  /// The weight w of the input, `[features, units]`.
  public let weight: Parameter
  /// The weight r of the state, `[units, units]`.
  public let recurrentWeight: Parameter
  /// The bias b, `[units]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a recurrent layer; the number of features is known when the model is made.
  public init(_ units: Int, activation: Activation = .tanh, _ options: RecurrentOptions = RecurrentOptions()) {
    self.units = units
    self.activation = activation
    self.options = options
    weight = Parameter(constraint: options.kernelConstraint)
    recurrentWeight = Parameter(constraint: options.recurrentConstraint)
    bias = options.useBias ? Parameter(constraint: options.biasConstraint) : nil
  }

  /// The penalties on weights and bias.
  public var penalties: [WeightPenalty] {
    WeightPenalty.all(
      (weight, options.kernelRegularizer), (recurrentWeight, options.recurrentRegularizer),
      (bias, options.biasRegularizer))
  }

  /// The penalty on all outputs; `nil` for none.
  public var activityRegularizer: Regularizer? { options.activityRegularizer }

  /// One.
  public var stateCount: Int { 1 }
  /// Whether the first output holds each time, and not the last alone.
  public var returnsSequences: Bool { options.returnsSequences }
  /// Whether the state after the last step is a further output.
  public var returnsState: Bool { options.returnsState }
  /// Whether the steps go from the last time to the first.
  public var goesBackwards: Bool { options.goesBackwards }

  /// A layer with the same options and new weights that goes in the other direction.
  public func reversed() -> SimpleRNN { SimpleRNN(units, activation: activation, options.reversed) }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer { SimpleRNN(units, activation: activation, options) }

  /// Makes the weights.
  public func buildWeights(features: Int, for inputShape: Shape, using generator: inout RandomGenerator) throws {
    try options.check(for: inputShape)
    try weight.storage.build("weight", [features, units], for: inputShape) {
      options.initializer([features, units], fanIn: features, fanOut: units, using: &generator)
    }
    try recurrentWeight.storage.build("recurrentWeight", [units, units], for: inputShape) {
      options.recurrentInitializer([units, units], fanIn: units, fanOut: units, using: &generator)
    }
    try bias?.storage.build("bias", [units], for: inputShape) {
      options.biasInitializer([units], fanIn: units, fanOut: units, using: &generator)
    }
  }

  /// One pass over a batch.
  public func pass(over x: Variable<Float>, _ context: Context) -> RecurrentPass {
    let product = options.project(x, by: context[weight], gates: 1, context)
    let masks = options.stateMasks(count: x.shape[0], units: units, gates: 1, context)
    return RecurrentPass(
      input: bias.map { product + context[$0] } ?? product, weights: [context[recurrentWeight]]
    ) { [activation] input, states, weights in
      let state = masks.first.map { states[0] * $0 } ?? states[0]
      return [activation(input + state.matmul(weights[0]))]
    }
  }
}
