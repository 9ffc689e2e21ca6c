import CKernels

/// Divides the gradient by the root of the sum of all its squares so far (Duchi, Hazan and Singer 2011).
///
/// With learning rate α and gradient g: a ← a + g², w ← w - α g / √(a + ε). Formula and defaults are Keras's.
public final class Adagrad: Optimizer {
  /// The learning rate.
  public var learningRate: LearningRateSchedule
  /// The value of a before the first step.
  public let initialAccumulatorValue: Double
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
    learningRate: some LearningRate = 1e-3, initialAccumulatorValue: Double = 0.1, epsilon: Double = 1e-7,
    weightDecay: Double = 0, clipping: GradientClipping? = nil, scales: [String: Double] = [:],
    decayExclusions: [DecayExclusion] = [], average: WeightAverage? = nil, gradientAccumulationSteps: Int = 1
  ) {
    self.learningRate = learningRate.learningRateSchedule
    self.initialAccumulatorValue = initialAccumulatorValue
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.clipping = clipping
    options = UpdateOptions(
      scales: scales, decayExclusions: decayExclusions, average: average,
      gradientAccumulationSteps: gradientAccumulationSteps)
    checkCommon()
    check(
      initialAccumulatorValue >= 0, "initialAccumulatorValue", initialAccumulatorValue, "at least 0")
    check(epsilon >= 0, "epsilon", epsilon, "at least 0")
  }

  /// "accumulator", a.
  public var slotNames: [String] { ["accumulator"] }

  /// ``initialAccumulatorValue``.
  public func firstValue(ofSlot name: String) -> Float { Float(initialAccumulatorValue) }

  /// Updates some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (rate, epsilon) = (step.learningRate, Float(epsilon))
    let sum = step.elements(ofSlot: 0)
    for index in step.checked(range) {
      let gradient = step.uncheckedGradient(at: index)
      sum[index] += gradient * gradient
      step.uncheckedMove(index, by: -(rate * gradient / kilim_square_root(sum[index] + epsilon)))
    }
  }
}
