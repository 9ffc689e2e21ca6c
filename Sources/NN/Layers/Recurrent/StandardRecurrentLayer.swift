import Autograd
import Tensor

/// A recurrent layer with the usual weights and ``RecurrentOptions``: ``SimpleRNN``, ``LSTM``, ``GRU``.
public protocol StandardRecurrentLayer: RecurrentLayer {
  /// The options that all kinds of recurrent layers share.
  var options: RecurrentOptions { get }
  /// The weight of the input, `[features, K]`, with K outputs for each gate.
  var weight: Parameter { get }
  /// The weight of the state, `[units, K]`.
  var recurrentWeight: Parameter { get }
  /// The bias; `nil` for none.
  var bias: Parameter? { get }
}

extension StandardRecurrentLayer {
  /// The penalties on weights and bias.
  public var penalties: [WeightPenalty] {
    WeightPenalty.all(
      (weight, options.kernelRegularizer), (recurrentWeight, options.recurrentRegularizer),
      (bias, options.biasRegularizer))
  }

  /// The penalty on all outputs; `nil` for none.
  public var activityRegularizer: Regularizer? { options.activityRegularizer }
  /// Whether the first output holds each time, and not the last alone.
  public var returnsSequences: Bool { options.returnsSequences }
  /// Whether the states after the last step are further outputs.
  public var returnsState: Bool { options.returnsState }
  /// Whether the steps go from the last time to the first.
  public var goesBackwards: Bool { options.goesBackwards }
  /// Whether the output is 0 at times that a mask leaves out.
  public var zerosMaskedOutputs: Bool { options.zerosMaskedOutputs }

  /// Makes the weights of input and state, `[features, width]` and `[units, width]`, after a check of the options.
  func buildKernels(
    features: Int, width: Int, for inputShape: Shape, using generator: inout RandomGenerator
  ) throws {
    try options.check(for: inputShape)
    try weight.storage.build("weight", [features, width], for: inputShape) {
      try options.initializer.values([features, width], fanIn: features, fanOut: width, using: &generator)
    }
    try recurrentWeight.storage.build("recurrentWeight", [units, width], for: inputShape) {
      try options.recurrentInitializer.values([units, width], fanIn: units, fanOut: width, using: &generator)
    }
  }
}

extension RecurrentOptions {
  /// New parameters without values: the weights of input and state, and the bias, if there is one.
  func parameters() -> (weight: Parameter, recurrentWeight: Parameter, bias: Parameter?) {
    (
      Parameter(constraint: kernelConstraint?.over([0])), Parameter(constraint: recurrentConstraint?.over([0])),
      useBias ? Parameter(constraint: biasConstraint?.over([0])) : nil
    )
  }
}
