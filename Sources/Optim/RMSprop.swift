import CKernels

/// Divides the gradient by a running root of its mean square (Hinton 2012, lecture 6e).
///
/// With learning rate α and gradient g: v ← ρ v + (1 - ρ) g², w ← w - α g / √(v + ε). Centered, the square of the
/// running mean a ← ρ a + (1 - ρ) g is taken off v under the root (Graves 2013, equations 38 to 45). With momentum μ the
/// change is added to m ← μ m + change, and w ← w - m. Formulas and defaults are Keras's; ε stands under the root.
public final class RMSprop: Optimizer {
  /// The length of the steps.
  public var learningRate: LearningRateSchedule
  /// The share of the old mean square in the new one, in 0..<1.
  public let rho: Double
  /// The share of the last change that is made again, in 0...1.
  public let momentum: Double
  /// What keeps the root from 0.
  public let epsilon: Double
  /// Whether the running mean of the gradient is taken into account.
  public let centered: Bool
  /// The share of each element, times the learning rate, that is taken off it before a step.
  public let weightDecay: Double
  /// How gradients are kept from growing too large.
  public let clipping: GradientClipping?
  /// What is kept from step to step.
  public var state = OptimizerState()

  /// Makes the optimizer. Stops when a number is outside its range.
  public init(
    learningRate: LearningRateSchedule = 1e-3, rho: Double = 0.9, momentum: Double = 0, epsilon: Double = 1e-7,
    centered: Bool = false, weightDecay: Double = 0, clipping: GradientClipping? = nil
  ) {
    self.learningRate = learningRate
    self.rho = rho
    self.momentum = momentum
    self.epsilon = epsilon
    self.centered = centered
    self.weightDecay = weightDecay
    self.clipping = clipping
    checkCommon()
    check((0..<1).contains(rho), "rho", rho, "a number in 0..<1")
    check((0...1).contains(momentum), "momentum", momentum, "a number in 0...1")
    check(epsilon >= 0, "epsilon", epsilon, "at least 0")
  }

  /// The mean square, and the momentum and the mean where they are in use.
  public var slotNames: [String] {
    ["velocity"] + (momentum > 0 ? ["momentum"] : []) + (centered ? ["average_gradient"] : [])
  }

  /// The rule for some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (keep, take, share) = (Float(rho), Float(1 - rho), Float(momentum))
    let (momentum, mean) = (step.slot(share > 0 ? 1 : 0), step.slot(slotNames.count - 1))
    let centre = { (index: Int, gradient: Float, meanSquare: Float) in
      mean[index] = keep * mean[index] + take * gradient
      return meanSquare - mean[index] * mean[index]
    }
    let accelerate = { (index: Int, change: Float) in
      momentum[index] = share * momentum[index] + change
      return momentum[index]
    }
    // A loop of its own for each of the four, without branches, so that each becomes vector instructions.
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
    let velocity = step.slot(0)
    for index in range {
      let gradient = step.gradient(at: index)
      velocity[index] = keep * velocity[index] + take * (gradient * gradient)
      let root = kilim_square_root(variance(index, gradient, velocity[index]) + epsilon)
      step.move(index, by: -change(index, rate * gradient / root))
    }
  }
}
