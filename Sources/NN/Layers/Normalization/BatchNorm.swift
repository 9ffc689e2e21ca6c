import Autograd
import Synchronization
import Tensor

/// Batch normalization: y = scale · (x - mean) / √(variance + ε) + shift, channel by channel
/// (Ioffe and Szegedy 2015). The features of sequences `[N, T, F]` are channels as well.
///
/// In training the statistics are those of the batch, and the running ones follow them:
/// running ← momentum · running + (1 - momentum) · batch, with the biased variance, as in Keras 3.
/// In inference the running statistics are used. They lag behind the weights by about 1 / (1 - momentum) steps;
/// `recomputeStatistics` and the option `preciseStatistics` of `fit` compute them anew for the weights as they are.
///
/// Shapes: input and output `[N, C, H, W]`, `[N, C]`, or these with more axes behind the first: `[N, T, F]`,
/// `[N, T, C, H, W]`. The input and its statistics are kept for the backward pass.
public final class BatchNorm: Layer, Sendable {
  /// The share of the old value in a running statistic.
  public let momentum: Float
  /// Added to the variance.
  public let epsilon: Float
  /// The factor of each channel, `[C]`; `nil` for none.
  public let scale: Parameter?
  /// How the first factors are chosen.
  public let scaleInitializer: Initializer
  /// How the first numbers that are added are chosen.
  public let shiftInitializer: Initializer
  /// How the first running mean is chosen.
  public let meanInitializer: Initializer
  /// How the first running variance is chosen.
  public let varianceInitializer: Initializer
  /// The penalty on the factors; `nil` for none.
  public let scaleRegularizer: Regularizer?
  /// The penalty on what is added; `nil` for none.
  public let shiftRegularizer: Regularizer?
  /// What is added to each channel, `[C]`; `nil` for none.
  public let shift: Parameter?
  /// The running mean, `[C]`.
  public let runningMean = Buffer()
  /// The running variance, `[C]`.
  public let runningVariance = Buffer()

  private let trains = Atomic(true)

  /// Whether training changes the layer. A frozen one normalizes by its running statistics in training too, as in Keras,
  /// and keeps them.
  public var isTrainable: Bool {
    get { trains.load(ordering: .relaxed) }
    set {
      trains.store(newValue, ordering: .relaxed)
      for parameter in [scale, shift] { parameter?.isTrainable = newValue }
      Parameter.trainabilityChanges.add(1, ordering: .releasing)
    }
  }

  /// Makes a normalization; the number of channels is found when the model is made.
  ///
  /// - Parameters:
  ///   - momentum: the share of the old value in a running statistic.
  ///   - epsilon: added to the variance.
  ///   - useScale: whether each channel has a factor.
  ///   - useShift: whether a number is added to each channel.
  ///   - scaleInitializer: how the first factors are chosen.
  ///   - shiftInitializer: how the first numbers that are added are chosen.
  ///   - meanInitializer: how the first running mean is chosen.
  ///   - varianceInitializer: how the first running variance is chosen.
  ///   - scaleRegularizer: the penalty on the factors.
  ///   - shiftRegularizer: the penalty on what is added.
  ///   - scaleConstraint: what the factors satisfy after each step.
  ///   - shiftConstraint: what the numbers that are added satisfy after each step.
  public init(
    momentum: Float = 0.99, epsilon: Float = 1e-3, useScale: Bool = true, useShift: Bool = true,
    scaleInitializer: Initializer = .ones, shiftInitializer: Initializer = .zeros,
    meanInitializer: Initializer = .zeros, varianceInitializer: Initializer = .ones,
    scaleRegularizer: Regularizer? = nil, shiftRegularizer: Regularizer? = nil, scaleConstraint: Constraint? = nil,
    shiftConstraint: Constraint? = nil
  ) {
    self.momentum = momentum
    self.epsilon = epsilon
    (self.scaleInitializer, self.shiftInitializer) = (scaleInitializer, shiftInitializer)
    (self.meanInitializer, self.varianceInitializer) = (meanInitializer, varianceInitializer)
    self.scaleRegularizer = scaleRegularizer
    self.shiftRegularizer = shiftRegularizer
    scale = useScale ? Parameter(constraint: scaleConstraint) : nil
    shift = useShift ? Parameter(constraint: shiftConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    BatchNorm(
      momentum: momentum, epsilon: epsilon, useScale: scale != nil, useShift: shift != nil,
      scaleInitializer: scaleInitializer, shiftInitializer: shiftInitializer,
      meanInitializer: meanInitializer, varianceInitializer: varianceInitializer,
      scaleRegularizer: scaleRegularizer, shiftRegularizer: shiftRegularizer, scaleConstraint: scale?.constraint,
      shiftConstraint: shift?.constraint)
  }

  /// Makes vectors for the input's channels.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank > 0 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] or features […, F] are needed")
    }
    guard (0...1).contains(momentum), epsilon >= 0 else {
      throw LayerError(
        inputShape: inputShape,
        reason: "the momentum is \(momentum), it must lie in [0, 1], and epsilon, \(epsilon), be 0 or more")
    }
    let channels: Shape = [inputShape.featureCount]
    func draw(_ initializer: Initializer) throws -> Tensor<Float> {
      try initializer.values(channels, fanIn: channels[0], fanOut: channels[0], using: &generator)
    }
    try scale?.storage.build("scale", channels, for: inputShape) { try draw(scaleInitializer) }
    try shift?.storage.build("shift", channels, for: inputShape) { try draw(shiftInitializer) }
    try runningMean.storage.build("runningMean", channels, for: inputShape) { try draw(meanInitializer) }
    try runningVariance.storage.build("runningVariance", channels, for: inputShape) { try draw(varianceInitializer) }
    return inputShape
  }

  /// Of the parameters and statistics.
  var storages: [TensorStorage] {
    [scale?.storage, shift?.storage].compactMap(\.self) + [runningMean.storage, runningVariance.storage]
  }

  /// What the layer does in inference: a factor and a shift for each channel.
  var affine: (factor: Tensor<Float>, shift: Tensor<Float>) {
    let inverse = 1 / (runningVariance.value + epsilon).squareRoot()
    let factor = scale.map { $0.value * inverse } ?? inverse
    let offset = -(runningMean.value * factor)
    return (factor, shift.map { $0.value + offset } ?? offset)
  }

  /// The penalties on scale and shift.
  public var penalties: [WeightPenalty] { WeightPenalty.all((scale, scaleRegularizer), (shift, shiftRegularizer)) }

  /// The normalized batch. In training, moves the running statistics.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    normalize(x, dropping: nil, context)
  }

  /// The normalized batch after a dropout, in one pass.
  func normalize(_ x: Variable<Float>, dropping mask: DropoutMask?, _ context: Context) -> Variable<Float> {
    let axis = featureAxis(ofExample: Shape(x.shape.dropFirst()))
    guard axis <= 1 else {
      // All times of a sequence are one batch.
      let joined = [x.shape[..<axis].reduce(1, *)] + x.shape[axis...]
      let mask = mask.map { DropoutMask(kept: $0.kept.reshaped(to: joined), scale: $0.scale) }
      return normalize(x.reshaped(to: joined), dropping: mask, context).reshaped(to: x.shape.dimensions)
    }
    let (scale, shift) = factors(context)
    func dropped() -> Variable<Float> { mask.map { x.masked(by: $0.kept, scale: $0.scale) } ?? x }
    guard context.usesBatchStatistics, isTrainable else {
      return dropped().normalized(by: runningStatistics, scale: scale, shift: shift, epsilon: epsilon)
    }
    if let exchange = context.exchange {
      let (output, statistics) = dropped().batchNormalized(
        scale: scale, shift: shift, epsilon: epsilon, gather: exchange.gather)
      follow(statistics, of: x.value, context)
      return output
    }
    let (output, statistics) =
      mask.map { x.batchNormalized(dropping: $0, scale: scale, shift: shift, epsilon: epsilon) }
      ?? x.batchNormalized(scale: scale, shift: shift, epsilon: epsilon)
    follow(statistics, of: x.value, context)
    return output
  }

  /// The normalized batch, the sum with another value, and an activation, in one pass.
  ///
  /// - Returns: `nil` where there is no such pass for the memory layout of the batch, or for the gradients that are wanted.
  func normalize(
    _ x: Variable<Float>, adding addend: Variable<Float>?, _ activation: NormalizedActivation, _ context: Context
  ) -> Variable<Float>? {
    guard featureAxis(ofExample: Shape(x.shape.dropFirst())) == 1 else { return nil }
    return normalize(context) { fixed, scale, shift in
      x.normalized(
        by: fixed, scale: scale, shift: shift, epsilon: epsilon, adding: addend, activation: activation)
    }
  }

  /// The normalized convolution of images, the sum with another value, and an activation, as one operation.
  ///
  /// - Returns: `nil` where there is no such operation for the batch, or for the gradients that are wanted.
  func normalize(
    _ x: Variable<Float>, convolvedBy layer: any ImageConvolution, _ window: Window, adding addend: Variable<Float>?,
    _ activation: NormalizedActivation, _ context: Context
  ) -> Variable<Float>? {
    layer.check(x.shape)
    return normalize(context) { fixed, scale, shift in
      x.normalizedConvolution2D(
        context[layer.weight], bias: layer.bias.map { context[$0] }, window: window, groups: layer.groups,
        isExact: layer.isExact, by: fixed, scale: scale, shift: shift, epsilon: epsilon, adding: addend,
        activation: activation)
    }
  }

  /// What `compute` makes with the statistics to normalize by, `nil` for those of the batch, with factors and shifts. In
  /// training, moves the running statistics.
  private func normalize(
    _ context: Context,
    _ compute: (
      _ fixed: ChannelStatistics<Float>?, _ scale: Variable<Float>, _ shift: Variable<Float>
    ) -> (output: Variable<Float>, statistics: ChannelStatistics<Float>)?
  ) -> Variable<Float>? {
    let (scale, shift) = factors(context)
    let usesBatch = context.usesBatchStatistics && isTrainable
    guard !usesBatch || context.exchange == nil,
      let (output, statistics) = compute(usesBatch ? nil : runningStatistics, scale, shift)
    else { return nil }
    if usesBatch { follow(statistics, of: output.value, context) }
    return output
  }

  /// As ``normalize(_:dropping:_:)`` with the statistics of the rows that count, by Keras's formulas.
  ///
  /// - Parameters:
  ///   - x: `[N, …, F]`.
  ///   - mask: `[N, …]`.
  func normalize(_ x: Variable<Float>, counting mask: Tensor<Bool>, _ context: Context) -> Variable<Float> {
    func whole(_ part: Variable<Float>) -> Variable<Float> {
      context.exchange.map { part.summed(by: $0.gather) } ?? part
    }
    let features = runningMean.value.count
    let rows = x.reshaped(to: [x.value.count / max(features, 1), features])
    let kept = mask.reshaped(to: [rows.shape[0], 1]).broadcast(to: rows.shape)
    let count = whole(Variable(mask.numbers.sum())).value.scalar
    // Keras adds its epsilon to the number of rows.
    let share = 1 / (count + 1e-7)
    let mean = whole(rows.masked(by: kept).sum([0])) * share
    let variance = whole((rows - mean).masked(by: kept).squared().sum([0])) * share
    let (scale, shift) = factors(context)
    let output = (rows - mean) * (scale / (variance + epsilon).squareRoot()) + shift
    follow(ChannelStatistics(mean: mean.value, variance: variance.value), count: Int(count), context)
    return output.reshaped(to: x.shape.dimensions)
  }

  private var runningStatistics: ChannelStatistics<Float> {
    ChannelStatistics(mean: runningMean.value, variance: runningVariance.value)
  }

  /// Factor and shift of each channel.
  private func factors(_ context: Context) -> (scale: Variable<Float>, shift: Variable<Float>) {
    let channels = runningMean.value.shape
    return (
      scale.map { context[$0] } ?? Variable(Tensor(ones: channels)),
      shift.map { context[$0] } ?? Variable(Tensor(zeros: channels))
    )
  }

  /// Moves the running statistics towards those of a batch. An empty one has none, unless it is a part of one.
  private func follow(_ statistics: ChannelStatistics<Float>, of batch: Tensor<Float>, _ context: Context) {
    guard batch.count > 0 || context.exchange != nil else { return }
    follow(statistics, count: batch.count / max(runningMean.value.count, 1), context)
  }

  private func follow(_ statistics: ChannelStatistics<Float>, count: Int, _ context: Context) {
    if let collector = context.statistics {
      collector.add(mean: statistics.mean, variance: statistics.variance, count: count, of: self)
      return
    }
    runningMean.value = runningMean.value * momentum + statistics.mean * (1 - momentum)
    runningVariance.value = runningVariance.value * momentum + statistics.variance * (1 - momentum)
  }
}

extension BatchNorm: MaskedLayer {
  /// Yes: in training, the statistics of a batch are those of the places that count.
  public var usesMasks: Bool { true }

  /// The mask of the input. Throws for a mask of images.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    guard masks.first.flatMap(\.self) != nil else { return [] }
    guard inputShapes[0].rank <= 2 else {
      throw LayerError(inputShapes: inputShapes, reason: "its input has a mask, which works for features […, F] alone")
    }
    try require(mask: masks[0], fits: Shape(inputShapes[0].dropLast()), of: inputShapes)
    return [.input(0)]
  }

  /// The normalized batch. In training, moves the running statistics to those of the places that count.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    // A part of a batch may be empty, and still takes part in the sums.
    guard let mask = masks.first.flatMap(\.self), context.usesBatchStatistics, isTrainable,
      inputs[0].value.count > 0 || context.exchange != nil
    else { return [self(inputs[0], context)] }
    return [normalize(inputs[0], counting: mask, context)]
  }
}
