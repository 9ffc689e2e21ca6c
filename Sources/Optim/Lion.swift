/// Steps of one length along the sign of a mean of the gradients (Chen et al. 2023).
///
/// With learning rate α and gradient g: w ← w - α sign(β₁ m + (1 - β₁) g), m ← β₂ m + (1 - β₂) g. Formula and defaults are
/// Keras's. Learning rates are 3 to 10 times smaller than Adam's, and weight decay 3 to 10 times larger.
public final class Lion: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// β₁, the share of the mean in the direction of a step, above 0 and at most 1.
  public let beta1: Double
  /// β₂, the share of the old mean in the new one, in 0...1.
  public let beta2: Double
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
    learningRate: some LearningRate = 1e-3, beta1: Double = 0.9, beta2: Double = 0.99,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.beta1 = beta1
    self.beta2 = beta2
    self.weightDecay = weightDecay
    self.clipping = clipping
    options = UpdateOptions(
      scales: scales, decayExclusions: decayExclusions, average: average,
      gradientAccumulationSteps: gradientAccumulationSteps)
    checkCommon()
    check(beta1 > 0 && beta1 <= 1, "beta1", beta1, "a number above 0 and at most 1")
    check((0...1).contains(beta2), "beta2", beta2, "a number in 0...1")
  }

  /// "momentum", m.
  public var slotNames: [String] { ["momentum"] }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (beta1, beta2, rate) = (Float(beta1), Float(beta2), step.learningRate)
    let momentum = step.elements(ofSlot: 0)
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      let direction = momentum[index] * beta1 + gradient * (1 - beta1)
      // 0 stays 0, NaN stays NaN.
      step.uncheckedMove(index, by: -rate * (direction > 0 ? 1 : direction < 0 ? -1 : direction))
      momentum[index] = momentum[index] * beta2 + gradient * (1 - beta2)
    }
  }
}
