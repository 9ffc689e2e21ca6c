import Autograd
import Tensor

/// A layer that walks over the times of a sequence and keeps a state: ``SimpleRNN``, ``LSTM``, ``GRU``.
///
/// Shapes: the first input is a sequence `[N, T, features]`; each further input, all or none, is a first state
/// `[N, units]`, which is 0 otherwise. The outputs are the first state after the last step, `[N, units]`, or after each step,
/// `[N, T, units]`, in the order of the steps, and with ``returnsState`` all states after the last step.
///
/// A step at a time that the mask of the sequence leaves out changes no state, and repeats the output before it, or is 0 with
/// ``zerosMaskedOutputs``. Where first states are given the layer uses no mask, as in Keras 3.
///
/// Your own recurrent layer says how its weights are made and what a step computes.
public protocol RecurrentLayer: MaskedLayer {
  /// The length of a state.
  var units: Int { get }
  /// Whether the first output holds each time, and not the last alone.
  var returnsSequences: Bool { get }
  /// Whether the states after the last step are further outputs.
  var returnsState: Bool { get }
  /// Whether the steps go from the last time to the first.
  var goesBackwards: Bool { get }
  /// Whether the output is 0 at times that a mask leaves out; `false` by default.
  var zerosMaskedOutputs: Bool { get }
  /// The number of states.
  var stateCount: Int { get }
  /// The penalty on all outputs; `nil`, which is the default, for none.
  var activityRegularizer: Regularizer? { get }

  /// Makes the weights for a number of features.
  func buildWeights(features: Int, for inputShape: Shape, using generator: inout RandomGenerator) throws

  /// One pass over a batch.
  ///
  /// - Parameter x: the sequence, `[N, T, features]`.
  /// - Returns: what all steps need of the input, `[N, T, K]`, the weights that they share, and the step itself: the states
  ///   after it from its part of the input, `[N, K]`, the states before and the weights. The step takes parameters from its
  ///   argument `weights`; one that it reads from the context stops the program in training, since it gets no gradient.
  func pass(over x: Variable<Float>, _ context: Context) -> RecurrentPass

  /// The same layer with new weights and the steps in the other direction.
  func reversed() -> Self
}

/// One pass of a ``RecurrentLayer`` over a batch.
public struct RecurrentPass {
  /// The states after a step.
  public typealias Step = (
    _ input: Variable<Float>, _ states: [Variable<Float>], _ weights: [Variable<Float>]
  ) -> [Variable<Float>]

  /// All steps as one operation; the arguments are those of ``Variable/recurrence(over:from:weights:goesBackwards:keeping:step:)``.
  typealias Whole = (
    _ states: [Variable<Float>], _ mask: Tensor<Bool>?, _ goesBackwards: Bool, _ kept: Variable<Float>.RecurrentResult
  ) -> Variable<Float>

  let input: Variable<Float>
  let weights: [Variable<Float>]
  let step: Step
  /// The same as `step`, faster; `nil` where there is nothing faster.
  var whole: Whole?

  /// Makes a pass; see ``RecurrentLayer/pass(over:_:)``.
  public init(input: Variable<Float>, weights: [Variable<Float>], step: @escaping Step) {
    self.input = input
    self.weights = weights
    self.step = step
  }
}

extension RecurrentLayer {
  /// No penalty on the outputs.
  public var activityRegularizer: Regularizer? { nil }
  /// False: a time that a mask leaves out repeats the output before.
  public var zerosMaskedOutputs: Bool { false }
  /// True: the outputs depend on the masks.
  public var usesMasks: Bool { true }

  /// One, and one for each state where they are returned.
  public var outputCount: Int { returnsState ? 1 + stateCount : 1 }

  /// Makes the weights, and checks first states.
  public func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    guard let sequence = inputShapes.first, sequence.rank == 2 else {
      throw LayerError(inputShapes: inputShapes, reason: "a sequence [T, F] is needed")
    }
    let states = inputShapes.dropFirst()
    guard states.isEmpty || states.count == stateCount, states.allSatisfy({ $0 == [units] }) else {
      throw LayerError(
        inputShapes: inputShapes,
        reason: "behind the sequence, \(counted(stateCount, "state")) of shape [\(units)] or none can be given")
    }
    guard units >= 1 else {
      throw LayerError(inputShapes: inputShapes, reason: "units is \(units), at least 1 is needed")
    }
    // As many weights for each gate would overflow.
    guard units <= Int(Int32.max) else {
      throw LayerError(inputShapes: inputShapes, reason: "units is \(units), more than memory can hold")
    }
    try buildWeights(features: sequence[1], for: sequence, using: &generator)
    let output: Shape = returnsSequences ? [sequence[0], units] : [units]
    return [output] + (returnsState ? Array(repeating: [units], count: stateCount) : [])
  }

  /// Makes the weights, and returns the shape of the first output; ``build(inputShapes:using:)`` returns all of them.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try build(inputShapes: [inputShape], using: &generator)[0]
  }

  /// The first output for a batch `[N, T, features]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    outputs(of: [x], context)[0]
  }

  /// The mask of the sequence, where each time has an output. Throws for a mask that is not one of times.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    guard let mask = masks.first.flatMap(\.self) else { return [] }
    try require(mask: mask, fits: [inputShapes[0][0]], of: inputShapes)
    return returnsSequences ? [.input(0)] : []
  }

  /// All outputs for a sequence and first states.
  public func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    outputs(of: inputs, mask: nil, zeroing: false, context)
  }

  /// All outputs for a sequence with a mask `[N, T]`.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    outputs(of: inputs, mask: masks.first.flatMap(\.self), zeroing: zerosMaskedOutputs, context)
  }

  /// All outputs for a sequence and first states.
  ///
  /// - Parameters:
  ///   - mask: which times count, `[N, T]`; not used where first states are given.
  ///   - zeroing: whether the output is 0 at the other times.
  func outputs(
    of inputs: [Variable<Float>], mask: Tensor<Bool>?, zeroing: Bool, _ context: Context
  ) -> [Variable<Float>] {
    let x = inputs[0]
    let mask = inputs.count == 1 ? mask : nil
    require(x.shape.rank == 3, "\(type(of: self)): a sequence [N, T, F] is needed, found \(x.shape)")
    require(
      inputs.count == 1 || inputs.count == 1 + stateCount,
      "\(type(of: self)): \(inputs.count - 1) first states were given, \(stateCount) or none are needed")
    let count = x.shape[0]
    let states =
      inputs.count > 1
      ? Array(inputs.dropFirst())
      : (0..<stateCount).map { _ in Variable(Tensor<Float>(zeros: [count, units])) }
    return pass(over: x, context).outputs(
      from: states, mask: mask, zeroing: zeroing, goesBackwards: goesBackwards, returnsSequences: returnsSequences,
      returnsState: returnsState
    ).map { context.regularized($0, by: activityRegularizer) }
  }

  /// One for each element of the weights at each time.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    let weights = namedParameters.filter { $0.name != "bias" && $0.parameter.hasValue }
    return inputShapes[0][0] * weights.reduce(0) { $0 + $1.parameter.value.count }
  }

  /// One for each element of the weights at each time.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    multiplyAdds(inputShapes: [inputShape], outputShapes: [outputShape])
  }
}
