import Autograd
import Tensor

/// A recurrent layer with one state: h = f(x w + b + h' r), with h' from the step before (Elman 1990).
///
/// Shapes: see ``RecurrentLayer``. The tape of each step is kept for the backward pass.
public final class SimpleRNN: StandardRecurrentLayer, Sendable {
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
    (weight, recurrentWeight, bias) = options.parameters()
  }

  /// Makes a layer with the options that are needed most: `SimpleRNN(8, returnsSequences: true)`. The others are in
  /// ``RecurrentOptions``.
  ///
  /// - Parameters:
  ///   - units: the length of the state.
  ///   - returnsSequences: whether the first output holds each time, and not the last alone.
  ///   - returnsState: whether the states after the last step are further outputs.
  ///   - dropout: in training, the share of the features that are dropped.
  ///   - recurrentDropout: in training, the share of the state that is dropped.
  public convenience init(
    _ units: Int, returnsSequences: Bool, returnsState: Bool = false, dropout: Float = 0, recurrentDropout: Float = 0
  ) {
    self.init(
      units,
      RecurrentOptions(
        dropout: dropout, recurrentDropout: recurrentDropout, returnsSequences: returnsSequences,
        returnsState: returnsState))
  }

  /// One state, which is also the output.
  public var stateCount: Int { 1 }

  /// A layer with the same options and new weights that goes in the other direction.
  public func reversed() -> SimpleRNN { SimpleRNN(units, activation: activation, options.reversed) }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer { SimpleRNN(units, activation: activation, options) }

  /// Makes the weights.
  public func buildWeights(features: Int, for inputShape: Shape, using generator: inout RandomGenerator) throws {
    try buildKernels(features: features, width: units, for: inputShape, using: &generator)
    try bias?.buildBias(units, options.biasInitializer, for: inputShape, using: &generator)
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
