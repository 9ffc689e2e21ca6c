import CKernels

/// Steps as long as the recent ones, divided by the size of the recent gradients (Zeiler 2012).
///
/// With learning rate α and gradient g: a ← ρ a + (1 - ρ) g², Δ = - √(d + ε) / √(a + ε) · g, d ← ρ d + (1 - ρ) Δ²,
/// w ← w + α Δ. Formula and defaults are Keras's. The paper has α = 1, which makes steps a thousand times as long.
public final class Adadelta: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// ρ, the share of the old means in the new ones, in 0..<1.
  public let rho: Double
  /// ε, which keeps the divisor away from 0.
  public let epsilon: Double
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
    learningRate: some LearningRate = 1e-3, rho: Double = 0.95, epsilon: Double = 1e-7,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.rho = rho
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipping = clipping
    options = UpdateOptions(
      scales: scales, decayExclusions: decayExclusions, average: average,
      gradientAccumulationSteps: gradientAccumulationSteps)
    checkCommon()
    check((0..<1).contains(rho), "rho", rho, "a number in 0..<1")
    check(epsilon >= 0, "epsilon", epsilon, "at least 0")
  }

  /// "accumulated_grad", a, and "accumulated_delta_var", d.
  public var slotNames: [String] { ["accumulated_grad", "accumulated_delta_var"] }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (keep, take, rate, epsilon) = (Float(rho), Float(1 - rho), step.learningRate, Float(epsilon))
    let (gradients, changes) = (step.elements(ofSlot: 0), step.elements(ofSlot: 1))
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      gradients[index] = keep * gradients[index] + take * (gradient * gradient)
      let root = kilim_square_root(changes[index] + epsilon)
      let change = -(root * gradient / kilim_square_root(gradients[index] + epsilon))
      changes[index] = keep * changes[index] + take * (change * change)
      step.uncheckedMove(index, by: rate * change)
    }
  }
}
