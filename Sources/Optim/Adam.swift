import CKernels
import Glibc

/// Steps along the running mean of the gradient, divided by the running root of its mean square (Kingma and Ba 2015).
///
/// With learning rate α and gradient g, in step t = 1, 2, … of the parameter:
/// m ← m + (g - m) (1 - β₁), v ← v + (g² - v) (1 - β₂), w ← w - α √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε).
///
/// Formula and defaults are Keras's: ε is the "epsilon hat" of the paper, added to the root before the bias correction.
/// With tiny gradients the steps are smaller than PyTorch's, which adds ε after it.
///
/// t counts the steps of each parameter, as in PyTorch: only those in which it had a gradient. Keras counts the steps of
/// the optimizer. Both are the same unless a parameter has no gradient in some steps.
public class Adam: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// β₁, the share of the old mean in the new one, in 0..<1.
  public let beta1: Double
  /// β₂, the share of the old mean square in the new one, in 0..<1.
  public let beta2: Double
  /// ε, which keeps the divisor away from 0.
  public let epsilon: Double
  /// Whether the largest v so far stands in place of v under the root (Reddi, Kale and Kumar 2018).
  public let amsgrad: Bool
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
    amsgrad: Bool = false,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.amsgrad = amsgrad
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

  /// "momentum", m, and "velocity", v; with AMSGrad "velocity_hat", the largest v.
  public var slotNames: [String] { ["momentum", "velocity"] + (amsgrad ? ["velocity_hat"] : []) }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    // Separate loops without branches, so that the compiler uses vector instructions.
    if amsgrad {
      let largest = step.elements(ofSlot: 2)
      loop(over: range, in: step) { index, velocity in
        largest[index] = max(largest[index], velocity)
        return largest[index]
      }
    } else {
      loop(over: range, in: step) { $1 }
    }
  }

  /// - Parameter divisor: from an index and v, what stands under the root.
  @inline(__always)
  private func loop(over range: Range<Int>, in step: ParameterStep, divisor: (Int, Float) -> Float) {
    // In single precision, as in Keras: 1 - 0.999 differs from 0.001 there by 1.3e-5 of it.
    let number = Float(step.number)
    let rate = step.learningRate * (1 - powf(Float(beta2), number)).squareRoot() / (1 - powf(Float(beta1), number))
    let (take1, take2, epsilon) = (Float(1 - beta1), Float(1 - beta2), Float(epsilon))
    let (momentum, velocity) = (step.elements(ofSlot: 0), step.elements(ofSlot: 1))
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      momentum[index] += (gradient - momentum[index]) * take1
      velocity[index] += (gradient * gradient - velocity[index]) * take2
      let root = kilim_square_root(divisor(index, velocity[index]))
      step.uncheckedMove(index, by: -(momentum[index] * rate / (root + epsilon)))
    }
  }
}
