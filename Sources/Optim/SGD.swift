/// Stochastic gradient descent, with optional momentum.
///
/// With learning rate α and gradient g: w ← w - α g. With momentum μ: m ← μ m - α g, w ← w + m; in Nesterov's form
/// w ← w + μ m - α g with the new m (Sutskever et al. 2013, equations 3 and 4). Formulas and defaults are Keras's.
public final class SGD: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// μ, in 0...1.
  public let momentum: Double
  /// Whether the step has Nesterov's form.
  public let nesterov: Bool
  /// λ of the decoupled weight decay: w ← w - α λ w before a step.
  public let weightDecay: Double
  /// How gradients are clipped.
  public let clipping: GradientClipping?
  /// Scales of the learning rate, decay exclusions, the average of the weights, and accumulation.
  public let options: UpdateOptions
  /// The number of steps and the slots.
  public var state = OptimizerState()

  /// Makes the optimizer. Stops when a number is outside its range. ``UpdateOptions`` explains the last four options.
  public init(
    learningRate: some LearningRate = 0.01, momentum: Double = 0, nesterov: Bool = false,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.clipping = clipping
    options = UpdateOptions(
      scales: scales, decayExclusions: decayExclusions, average: average,
      gradientAccumulationSteps: gradientAccumulationSteps)
    checkCommon()
    check((0...1).contains(momentum), "momentum", momentum, "a number in 0...1")
  }

  /// "momentum", m; none where μ is 0.
  public var slotNames: [String] { momentum == 0 ? [] : ["momentum"] }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (rate, share) = (step.learningRate, Float(momentum))
    guard momentum != 0 else {
      for index in step.checked(range) { step.uncheckedMove(index, by: -(step.uncheckedGradient(at: index) * rate)) }
      return
    }
    let momentum = step.elements(ofSlot: 0)
    for index in step.checked(range) {
      let change = step.uncheckedGradient(at: index) * rate
      momentum[index] = momentum[index] * share - change
      step.uncheckedMove(index, by: nesterov ? momentum[index] * share - change : momentum[index])
    }
  }
}
