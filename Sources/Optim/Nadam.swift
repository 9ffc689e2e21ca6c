import CKernels
import Glibc

/// Adam with Nesterov's momentum (Dozat 2016).
///
/// With learning rate α and gradient g, in step t = 1, 2, … of the parameter: μₜ = β₁ (1 - ½ 0.96ᵗ),
/// m ← m + (g - m) (1 - β₁), v ← v + (g² - v) (1 - β₂), m̂ = μₜ₊₁ m / (1 - Πᵢ₌₁ᵗ⁺¹ μᵢ) + (1 - μₜ) g / (1 - Πᵢ₌₁ᵗ μᵢ),
/// w ← w - α m̂ / (√(v / (1 - β₂ᵗ)) + ε). Formula and defaults are Keras's; t counts the steps of each parameter, as in
/// ``Adam``.
public final class Nadam: Optimizer {
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

  /// "momentum", m, and "velocity", v.
  public var slotNames: [String] { ["momentum", "velocity"] }

  /// Πᵢ₌₁ᵗ μᵢ, which Keras keeps as a variable.
  package func momentumProduct(after step: Int) -> Double {
    pow(beta1, Double(step)) * Self.decayProducts[min(step, Self.decayProducts.count - 1)]
  }

  /// Πᵢ₌₁ᵗ (1 - ½ 0.96ᵗ) for t = 0, 1, …, up to where the factors round to 1.
  private static let decayProducts: [Double] = (1...1_000).reduce(into: [1]) { products, step in
    products.append(products[step - 1] * (1 - 0.5 * pow(0.96, Double(step))))
  }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (beta1, beta2, number) = (Float(beta1), Float(beta2), Float(step.number))
    let now = beta1 * (1 - 0.5 * powf(0.96, number))
    let next = beta1 * (1 - 0.5 * powf(0.96, number + 1))
    let product = Float(momentumProduct(after: step.number))
    let (ofMean, ofGradient) = (next / (1 - product * next), (1 - now) / (1 - product))
    let (correction, rate, epsilon) = (1 - powf(beta2, number), step.learningRate, Float(epsilon))
    let (momentum, velocity) = (step.elements(ofSlot: 0), step.elements(ofSlot: 1))
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      momentum[index] += (gradient - momentum[index]) * (1 - beta1)
      velocity[index] += (gradient * gradient - velocity[index]) * (1 - beta2)
      let mean = ofMean * momentum[index] + ofGradient * gradient
      let root = kilim_square_root(velocity[index] / correction)
      step.uncheckedMove(index, by: -(mean * rate / (root + epsilon)))
    }
  }
}
