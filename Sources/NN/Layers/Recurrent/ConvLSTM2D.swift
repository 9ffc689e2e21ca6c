import Autograd
import Tensor

/// Long short-term memory over images in sequence: an ``LSTM`` whose products are convolutions (Shi et al. 2015).
///
/// With the gates i, f and o = σ(w ∗ x + r ∗ h' + b), each with filters of its own, and the candidate g = φ(w ∗ x + r ∗ h' + b):
/// the cell c = f c' + i g and the output h = o φ(c), with c' and h' from the step before. Stride, padding and dilation are
/// those of the convolution of the input; that of the output keeps its size.
///
/// Shapes: images in sequence `[N, T, C, H, W]`, and perhaps two first states `[N, filters, oh, ow]`. The output is the first
/// state after the last step, `[N, filters, oh, ow]`, or after each, `[N, T, filters, oh, ow]`, and with `returnsState` both
/// states after the last step. Masks `[N, T]` are those of ``RecurrentLayer``. The tape of each step is kept for the backward
/// pass.
public final class ConvLSTM2D: MaskedLayer, Sendable {
  /// The number of channels of a state.
  public let filters: Int
  /// The window of the convolution of the input.
  public let window: Window
  /// φ.
  public let activation: Activation
  /// σ, the function of the gates.
  public let recurrentActivation: Activation
  /// Whether the bias of the forget gate is 1 at first.
  public let unitForgetBias: Bool
  /// The options that all kinds of recurrent layers share.
  public let options: RecurrentOptions
  /// The filters w of the input, `[4 · filters, C, kh, kw]`: i, f, g, o, as in Keras.
  public let weight: Parameter
  /// The filters r of the output, `[4 · filters, filters, kh, kw]`.
  public let recurrentWeight: Parameter
  /// The bias b, `[4 · filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a recurrent layer; the number of channels is known when the model is made.
  public init(
    _ filters: Int, kernelSize: Size, stride: Size = 1, padding: Padding = .valid, dilation: Size = 1,
    activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid, unitForgetBias: Bool = true,
    _ options: RecurrentOptions = RecurrentOptions()
  ) {
    self.filters = filters
    window = Window(kernelSize, stride: stride, dilation: dilation, padding: padding)
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.unitForgetBias = unitForgetBias
    self.options = options
    weight = Parameter(constraint: options.kernelConstraint?.over([1, 2, 3]))
    recurrentWeight = Parameter(constraint: options.recurrentConstraint?.over([1, 2, 3]))
    bias = options.useBias ? Parameter(constraint: options.biasConstraint?.over([0])) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    ConvLSTM2D(
      filters, kernelSize: window.size, stride: window.stride, padding: window.padding, dilation: window.dilation,
      activation: activation, recurrentActivation: recurrentActivation, unitForgetBias: unitForgetBias, options)
  }

  /// The penalties on weights and bias.
  public var penalties: [WeightPenalty] {
    WeightPenalty.all(
      (weight, options.kernelRegularizer), (recurrentWeight, options.recurrentRegularizer),
      (bias, options.biasRegularizer))
  }

  /// One, and two more where the states are returned.
  public var outputCount: Int { options.returnsState ? 3 : 1 }

  /// Makes the weights, and checks first states.
  public func build(inputShapes: [Shape], using generator: inout RandomGenerator) throws -> [Shape] {
    guard let sequence = inputShapes.first, sequence.rank == 4 else {
      throw LayerError(inputShapes: inputShapes, reason: "images in sequence [T, C, H, W] are needed")
    }
    guard (1...Int(Int32.max)).contains(filters) else {
      throw LayerError(inputShapes: inputShapes, reason: "\(filters) filters are not possible")
    }
    try options.check(for: sequence)
    let output = try window.placement(onImageOf: Shape(sequence.dropFirst())).output
    let state: Shape = [filters, output.height, output.width]
    guard inputShapes.count == 1 || inputShapes.count == 3 && inputShapes.dropFirst().allSatisfy({ $0 == state }) else {
      throw LayerError(
        inputShapes: inputShapes, reason: "behind the sequence, 2 states of shape \(state) or none can be given")
    }
    let (size, area) = (window.size, window.size.area)
    let (ahead, back): (Shape, Shape) = (
      [4 * filters, sequence[1], size.height, size.width], [4 * filters, filters, size.height, size.width]
    )
    try weight.storage.build("weight", ahead, for: sequence) {
      try options.initializer.values(ahead, fanIn: sequence[1] * area, fanOut: 4 * filters * area, using: &generator)
    }
    try recurrentWeight.storage.build("recurrentWeight", back, for: sequence) {
      try options.recurrentInitializer.values(
        back, fanIn: filters * area, fanOut: 4 * filters * area, using: &generator)
    }
    try bias?.storage.build("bias", [4 * filters], for: sequence) {
      func draw(_ count: Int) throws -> Tensor<Float> {
        try options.biasInitializer.values([count], fanIn: count, fanOut: count, using: &generator)
      }
      return unitForgetBias
        ? Tensor(concatenating: [try draw(filters), Tensor(ones: [filters]), try draw(2 * filters)], axis: 0)
        : try draw(4 * filters)
    }
    let first = options.returnsSequences ? Shape([sequence[0]] + state) : state
    return [first] + (options.returnsState ? [state, state] : [])
  }

  /// Makes the weights.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try build(inputShapes: [inputShape], using: &generator)[0]
  }

  /// True: the outputs depend on the masks.
  public var usesMasks: Bool { true }

  /// The mask of the sequence, where each time has an output. Throws for a mask that is not one of times.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    guard let mask = masks.first.flatMap(\.self) else { return [] }
    try require(mask: mask, fits: [inputShapes[0][0]], of: inputShapes)
    return options.returnsSequences ? [.input(0)] : []
  }

  /// The first output for a batch `[N, T, C, H, W]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    outputs(of: [x], context)[0]
  }

  /// All outputs for images in sequence and first states.
  public func outputs(of inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    outputs(of: inputs, masks: [], context)
  }

  /// All outputs for images in sequence with a mask `[N, T]`.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    let shape = inputs[0].shape
    guard shape.rank == 5, shape[2] == weight.value.shape[1], inputs.count == 1 || inputs.count == 3,
      let placement = window.placement(onHeight: shape[3], width: shape[4])
    else { stop("ConvLSTM2D: images in sequence [N, T, \(weight.value.shape[1]), H, W] are needed, found \(shape)") }
    let (count, size) = (shape[0], placement.output)
    let length = filters * size.area
    let states =
      inputs.count > 1
      ? inputs.dropFirst().map { $0.reshaped(to: [count, length]) }
      : (0..<2).map { _ in Variable(Tensor<Float>(zeros: [count, length])) }
    let outputs = pass(over: inputs[0], size, context).outputs(
      from: states, mask: inputs.count == 1 ? masks.first.flatMap(\.self) : nil, zeroing: options.zerosMaskedOutputs,
      goesBackwards: options.goesBackwards, returnsSequences: options.returnsSequences,
      returnsState: options.returnsState)
    let state = [filters, size.height, size.width]
    return outputs.enumerated().map { index, output in
      let times = index == 0 && options.returnsSequences ? [shape[1]] : []
      return context.regularized(output.reshaped(to: [count] + times + state), by: options.activityRegularizer)
    }
  }

  /// One pass over a batch, in which the states are vectors `[N, filters · oh · ow]`.
  private func pass(over x: Variable<Float>, _ size: Size, _ context: Context) -> RecurrentPass {
    let shape = x.shape
    let weight = context[weight]
    func images(_ x: Variable<Float>) -> Variable<Float> {
      x.reshaped(to: [shape[0] * shape[1], shape[2], shape[3], shape[4]])
    }
    let biases = bias.map { context[$0] }
    let input: Variable<Float>
    if context.appliesDropout, options.dropout > 0 {
      // Each gate has a mask of its own, as in Keras.
      let mask: Shape = [shape[0], 1, shape[2], shape[3], shape[4]]
      let parts = weight.parts(4, axis: 0).map { part in
        images(x * options.mask(mask, rate: options.dropout, context)).convolution2D(part, window: window)
      }
      let sum = Variable(concatenating: parts, axis: 1)
      input = biases.map { sum + $0.reshaped(to: [4 * filters, 1, 1]) } ?? sum
    } else {
      input = images(x).convolution2D(weight, bias: biases, window: window)
    }
    let state = [filters, size.height, size.width]
    let masks = options.stateMasks(count: shape[0], units: filters * size.area, gates: 4, context)
    let same = Window(window.size, padding: .same)
    let recurrent = context[recurrentWeight]
    return RecurrentPass(
      input: input.reshaped(to: [shape[0], shape[1], 4 * filters * size.area]),
      weights: masks.isEmpty ? [recurrent] : recurrent.parts(4, axis: 0)
    ) { [activation, recurrentActivation] input, states, weights in
      func image(_ x: Variable<Float>) -> Variable<Float> { x.reshaped(to: [shape[0]] + state) }
      let fromState =
        masks.isEmpty
        ? image(states[0]).convolution2D(weights[0], window: same)
        : Variable(
          concatenating: zip(masks, weights).map { image(states[0] * $0).convolution2D($1, window: same) }, axis: 1)
      let all = input.reshaped(to: [shape[0], 4 * state[0], state[1], state[2]]) + fromState
      let gates = all.parts(4, axis: 1)
      let cell =
        recurrentActivation(gates[1]) * image(states[1]) + recurrentActivation(gates[0]) * activation(gates[2])
      let output = recurrentActivation(gates[3]) * activation(cell)
      return [output, cell].map { $0.reshaped(to: states[0].shape.dimensions) }
    }
  }

  /// One for each element of the weights at each place and time.
  public func multiplyAdds(inputShapes: [Shape], outputShapes: [Shape]) -> Int {
    guard let sequence = inputShapes.first, let output = outputShapes.first, output.rank >= 3 else { return 0 }
    let area = output[output.rank - 2] * output[output.rank - 1]
    return sequence[0] * area * 4 * filters * window.size.area * (sequence[1] + filters)
  }

  /// One for each element of the weights at each place and time.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    multiplyAdds(inputShapes: [inputShape], outputShapes: [outputShape])
  }
}
