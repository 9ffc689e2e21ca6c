import Autograd
import Tensor

/// Gated recurrent units (Cho et al. 2014).
///
/// With the gates z and r = σ(x w + h' u + b), each with weights of its own, and the candidate g: the state
/// h = z h' + (1 - z) g, with h' from the step before. The candidate is φ(x w + r (h' u + d) + b) with the reset behind the
/// product, which is the default and what other programs compute, or φ(x w + (r h') u + b). φ is tanh and σ the logistic
/// function by default.
///
/// Shapes: see ``RecurrentLayer``. For the backward pass, what the gates let through at each time is kept; with other functions,
/// or if the state is dropped, the tape of each step, and a step takes several times as long.
public final class GRU: StandardRecurrentLayer, Sendable {
  /// The length of the state.
  public let units: Int
  /// φ.
  public let activation: Activation
  /// σ, the function of the gates.
  public let recurrentActivation: Activation
  /// Whether the reset gate stands behind the product with the state.
  public let resetAfter: Bool
  /// The options that all kinds of recurrent layers share.
  public let options: RecurrentOptions
  /// The weight w of the input, `[features, 3 · units]`: z, r, g, as in Keras.
  public let weight: Parameter
  /// The weight u of the state, `[units, 3 · units]`.
  public let recurrentWeight: Parameter
  /// The bias b, `[3 · units]`; with the reset behind the product `[2, 3 · units]`, one of the input and one of the state.
  /// `nil` for none.
  public let bias: Parameter?

  /// Makes a recurrent layer; the number of features is known when the model is made.
  public init(
    _ units: Int, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid,
    resetAfter: Bool = true, _ options: RecurrentOptions = RecurrentOptions()
  ) {
    self.units = units
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.resetAfter = resetAfter
    self.options = options
    (weight, recurrentWeight, bias) = options.parameters()
  }

  /// Makes a layer with the options that are needed most: `GRU(8, returnsSequences: true)`. The others are in
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
  public func reversed() -> GRU {
    GRU(
      units, activation: activation, recurrentActivation: recurrentActivation, resetAfter: resetAfter,
      options.reversed)
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    GRU(units, activation: activation, recurrentActivation: recurrentActivation, resetAfter: resetAfter, options)
  }

  /// Makes the weights.
  public func buildWeights(features: Int, for inputShape: Shape, using generator: inout RandomGenerator) throws {
    let width = 3 * units
    try buildKernels(features: features, width: width, for: inputShape, using: &generator)
    let shape: Shape = resetAfter ? [2, width] : [width]
    try bias?.storage.build("bias", shape, for: inputShape) {
      try options.biasInitializer.values(shape, fanIn: shape[0], fanOut: width, using: &generator)
    }
  }

  /// One pass over a batch.
  public func pass(over x: Variable<Float>, _ context: Context) -> RecurrentPass {
    let product = options.project(x, by: context[weight], gates: 3, context)
    let biases = bias.map { bias in
      resetAfter
        ? context[bias].parts(2, axis: 0).map { $0.reshaped(to: [3 * units]) } : [context[bias]]
    }
    let input = biases.map { product + $0[0] } ?? product
    let masks = options.stateMasks(count: x.shape[0], units: units, gates: 3, context)
    let weight = context[recurrentWeight]
    let weights = weight.parts(3, axis: 1)
    let recurrentBias = resetAfter ? biases.map { $0[1].parts(3, axis: 0) } ?? [] : []
    var pass = RecurrentPass(input: input, weights: weights + recurrentBias) {
      [activation, recurrentActivation, resetAfter] input, states, shared in
      let state = states[0]
      func masked(_ gate: Int) -> Variable<Float> { masks.isEmpty ? state : state * masks[gate] }
      func fromState(_ gate: Int, _ state: Variable<Float>) -> Variable<Float> {
        let product = state.matmul(shared[gate])
        return shared.count > 3 ? product + shared[3 + gate] : product
      }
      let inputs = input.parts(3, axis: 1)
      let update = recurrentActivation(inputs[0] + fromState(0, masked(0)))
      let reset = recurrentActivation(inputs[1] + fromState(1, masked(1)))
      let candidate =
        resetAfter ? reset * fromState(2, masked(2)) : fromState(2, reset * masked(2))
      return [update * state + (1 - update) * activation(inputs[2] + candidate)]
    }
    if masks.isEmpty, resetAfter, activation == .tanh, recurrentActivation == .sigmoid {
      pass.whole = {
        .gru(
          over: input, from: $0[0], weight: weight, bias: biases?[1], mask: $1, goesBackwards: $2, keeping: $3)
      }
    }
    return pass
  }
}
