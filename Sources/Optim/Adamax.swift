import Glibc

/// Adam with the largest recent gradient in place of the root of the mean square (Kingma and Ba 2015, section 7.1).
///
/// With learning rate α and gradient g, in step t = 1, 2, … of the parameter: m ← m + (g - m) (1 - β₁), u ← max(β₂ u, |g|),
/// w ← w - α m / ((1 - β₁ᵗ) (u + ε)). Formula and defaults are Keras's; t counts the steps of each parameter, as in ``Adam``.
public final class Adamax: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// β₁, the share of the old mean in the new one, in 0..<1.
  public let beta1: Double
  /// β₂, the share of the old maximum that a new gradient must exceed, in 0..<1.
  public let beta2: Double
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
    learningRate: some LearningRate = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipping = clipping
    options = UpdateOptions(
      scales: scales, decayExclusions: decayExclusions, average: average,
      gradientAccumulationSteps: gradientAccumulationSteps)
    checkCommon()
    check((0..<1).contains(beta1), "beta1", beta1, "a number in 0..<1")
    check((0..<1).contains(beta2), "beta2", beta2, "a number in 0..<1")
    check(epsilon >= 0, "epsilon", epsilon, "at least 0")
  }

  /// "momentum", m, and "norm", u.
  public var slotNames: [String] { ["momentum", "norm"] }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let correction = 1 - powf(Float(beta1), Float(step.number))
    let (take, keep, rate, epsilon) = (Float(1 - beta1), Float(beta2), step.learningRate, Float(epsilon))
    let (momentum, norm) = (step.elements(ofSlot: 0), step.elements(ofSlot: 1))
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      momentum[index] += (gradient - momentum[index]) * take
      norm[index] = max(keep * norm[index], abs(gradient))
      step.uncheckedMove(index, by: -(rate * momentum[index] / (correction * (norm[index] + epsilon))))
    }
  }
}
