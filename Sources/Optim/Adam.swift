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
  /// λ of the decoupled weight decay: w ← w - α λ w before a step.
  public let weightDecay: Double
  /// How gradients are clipped.
  public let clipping: GradientClipping?
  /// The number of steps and the slots.
  public var state = OptimizerState()

  /// Makes the optimizer. Stops when a number is outside its range.
  public init(
    learningRate: LearningRateSchedule = 1e-3, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    weightDecay: Double = 0, clipping: GradientClipping? = nil
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipping = clipping
    checkCommon()
    check((0..<1).contains(beta1), "beta1", beta1, "a number in 0..<1")
    check((0..<1).contains(beta2), "beta2", beta2, "a number in 0..<1")
    check(epsilon >= 0, "epsilon", epsilon, "at least 0")
  }

  /// Makes the optimizer with a constant learning rate. Stops when a number is outside its range.
  @_disfavoredOverload
  public convenience init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-7,
    weightDecay: Double = 0, clipping: GradientClipping? = nil
  ) {
    self.init(
      learningRate: .constant(learningRate), beta1: beta1, beta2: beta2, epsilon: epsilon,
      weightDecay: weightDecay, clipping: clipping)
  }

  /// "momentum", m, and "velocity", v.
  public var slotNames: [String] { ["momentum", "velocity"] }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    // In single precision, as in Keras: 1 - 0.999 differs from 0.001 there by 1.3e-5 of it.
    let number = Float(step.number)
    let rate = step.learningRate * (1 - powf(Float(beta2), number)).squareRoot() / (1 - powf(Float(beta1), number))
    let (take1, take2, epsilon) = (Float(1 - beta1), Float(1 - beta2), Float(epsilon))
    let (momentum, velocity) = (step.elements(ofSlot: 0), step.elements(ofSlot: 1))
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      momentum[index] += (gradient - momentum[index]) * take1
      velocity[index] += (gradient * gradient - velocity[index]) * take2
      step.uncheckedMove(index, by: -(momentum[index] * rate / (kilim_square_root(velocity[index]) + epsilon)))
    }
  }
}
