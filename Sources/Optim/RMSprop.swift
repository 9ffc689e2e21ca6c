import CKernels

/// Divides the gradient by a running root of its mean square (Hinton 2012, lecture 6e).
///
/// With learning rate α and gradient g: v ← ρ v + (1 - ρ) g², w ← w - α g / √(v + ε). Centered, the square of the
/// running mean a ← ρ a + (1 - ρ) g is subtracted from v under the root (Graves 2013, equations 38 to 45). With momentum μ the
/// change is added to m ← μ m + change, and w ← w - m. Formulas and defaults are Keras's; ε stands under the root.
public final class RMSprop: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// ρ, the share of the old mean square in the new one, in 0..<1.
  public let rho: Double
  /// μ, in 0...1.
  public let momentum: Double
  /// ε, which keeps the root away from 0.
  public let epsilon: Double
  /// Whether the square of the running mean of the gradient is subtracted from the mean square.
  public let centered: Bool
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
    learningRate: some LearningRate = 1e-3, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
    centered: Bool = false,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    self.weightDecay = weightDecay
    self.clipping = clipping
    options = UpdateOptions(
      scales: scales, decayExclusions: decayExclusions, average: average,
      gradientAccumulationSteps: gradientAccumulationSteps)
    checkCommon()
    check((0..<1).contains(rho), "rho", rho, "a number in 0..<1")
    check((0...1).contains(momentum), "momentum", momentum, "a number in 0...1")
    check(epsilon >= 0, "epsilon", epsilon, "at least 0")
  }

  /// "velocity", v; "momentum", m, with momentum; "average_gradient", a, where centered.
  public var slotNames: [String] {
    ["velocity"] + (momentum > 0 ? ["momentum"] : []) + (centered ? ["average_gradient"] : [])
  }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (keep, take, share) = (Float(rho), Float(1 - rho), Float(momentum))
    let (momentum, mean) = (
      step.elements(ofSlot: share > 0 ? 1 : 0), step.elements(ofSlot: slotNames.count - 1)
    )
    let centre = { (index: Int, gradient: Float, meanSquare: Float) in
      mean[index] = keep * mean[index] + take * gradient
      return meanSquare - mean[index] * mean[index]
    }
    let accelerate = { (index: Int, change: Float) in
      momentum[index] = share * momentum[index] + change
      return momentum[index]
    }
    // Four separate loops without branches, so that the compiler uses vector instructions.
    switch (centered, share > 0) {
    case (false, false): loop(over: range, in: step, variance: { $2 }, change: { $1 })
    case (false, true): loop(over: range, in: step, variance: { $2 }, change: accelerate)
    case (true, false): loop(over: range, in: step, variance: centre, change: { $1 })
    case (true, true): loop(over: range, in: step, variance: centre, change: accelerate)
    }
  }

  /// - Parameters:
  ///   - variance: from an index, the gradient and the running mean square there.
  ///   - change: from an index and the change by the gradient alone.
  @inline(__always)
  private func loop(
    over range: Range<Int>, in step: ParameterStep, variance: (Int, Float, Float) -> Float,
    change: (Int, Float) -> Float
  ) {
    let (keep, take) = (Float(rho), Float(1 - rho))
    let (rate, epsilon) = (step.learningRate, Float(epsilon))
    let velocity = step.elements(ofSlot: 0)
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      velocity[index] = keep * velocity[index] + take * (gradient * gradient)
      let root = kilim_square_root(variance(index, gradient, velocity[index]) + epsilon)
      step.uncheckedMove(index, by: -change(index, rate * gradient / root))
    }
  }
}
