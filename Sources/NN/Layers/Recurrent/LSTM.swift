import Autograd
import Tensor

/// Long short-term memory (Hochreiter and Schmidhuber 1997), with a forget gate (Gers, Schmidhuber and Cummins 2000).
///
/// With the gates i, f and o = σ(x w + h' r + b), each with weights of its own, and the candidate g = φ(x w + h' r + b):
/// the cell c = f c' + i g and the output h = o φ(c), with c' and h' from the step before. The states are h and c. φ is
/// tanh and σ the logistic function by default.
///
/// Shapes: see ``RecurrentLayer``. For the backward pass, what the gates let through at each time is kept; with other functions,
/// or if the state is dropped, the tape of each step, and a step takes several times as long.
public final class LSTM: StandardRecurrentLayer, Sendable {
  /// The length of a state.
  public let units: Int
  /// φ.
  public let activation: Activation
  /// σ, the function of the gates.
  public let recurrentActivation: Activation
  /// Whether the bias of the forget gate is 1 at first, so that the cell keeps its content (Jozefowicz et al. 2015).
  public let unitForgetBias: Bool
  /// The options that all kinds of recurrent layers share.
  public let options: RecurrentOptions
  /// The weight w of the input, `[features, 4 · units]`: i, f, g, o, as in Keras.
  public let weight: Parameter
  /// The weight r of the output, `[units, 4 · units]`.
  public let recurrentWeight: Parameter
  /// The bias b, `[4 · units]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a recurrent layer; the number of features is known when the model is made.
  public init(
    _ units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    unitForgetBias: Bool = true, _ options: RecurrentOptions = RecurrentOptions()
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.unitForgetBias = unitForgetBias
    self.options = options
    (weight, recurrentWeight, bias) = options.parameters()
  }

  /// Makes a layer with the options that are needed most: `LSTM(8, returnsSequences: true)`. The others are in
  /// ``RecurrentOptions``.
  ///
  /// - Parameters:
  ///   - units: the length of a state.
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

  /// Two: the output and the cell.
  public var stateCount: Int { 2 }

  /// A layer with the same options and new weights that goes in the other direction.
  public func reversed() -> LSTM {
    LSTM(
      units, activation: activation, recurrentActivation: recurrentActivation, unitForgetBias: unitForgetBias,
      options.reversed)
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    LSTM(
      units, activation: activation, recurrentActivation: recurrentActivation, unitForgetBias: unitForgetBias, options)
  }

  /// Makes the weights.
  public func buildWeights(features: Int, for inputShape: Shape, using generator: inout RandomGenerator) throws {
    let width = 4 * units
    try buildKernels(features: features, width: width, for: inputShape, using: &generator)
    try bias?.storage.build("bias", [width], for: inputShape) {
      func draw(_ count: Int) throws -> Tensor<Float> {
        try options.biasInitializer.values([count], fanIn: count, fanOut: count, using: &generator)
      }
      return unitForgetBias
        ? Tensor(concatenating: [try draw(units), Tensor(ones: [units]), try draw(2 * units)], axis: 0)
        : try draw(width)
    }
  }

  /// One pass over a batch.
  public func pass(over x: Variable<Float>, _ context: Context) -> RecurrentPass {
    let product = options.project(x, by: context[weight], gates: 4, context)
    let masks = options.stateMasks(count: x.shape[0], units: units, gates: 4, context)
    let weight = context[recurrentWeight]
    let input = bias.map { product + context[$0] } ?? product
    var pass = RecurrentPass(input: input, weights: masks.isEmpty ? [weight] : weight.parts(4, axis: 1)) {
      [activation, recurrentActivation] input, states, weights in
      let fromState =
        masks.isEmpty
        ? states[0].matmul(weights[0])
        : Variable(concatenating: zip(masks, weights).map { (states[0] * $0).matmul($1) }, axis: 1)
      let gates = (input + fromState).parts(4, axis: 1)
      let cell =
        recurrentActivation(gates[1]) * states[1] + recurrentActivation(gates[0]) * activation(gates[2])
      return [recurrentActivation(gates[3]) * activation(cell), cell]
    }
    if masks.isEmpty, activation == .tanh, recurrentActivation == .sigmoid {
      pass.whole = { .lstm(over: input, from: $0, weight: weight, mask: $1, goesBackwards: $2, keeping: $3) }
    }
    return pass
  }
}
