/// Stochastic gradient descent, with momentum if wished.
///
/// With learning rate α and gradient g: w ← w - α g. With momentum μ: m ← μ m - α g, w ← w + m; in Nesterov's form
/// w ← w + μ m - α g with the new m (Sutskever et al. 2013, equations 3 and 4). Formulas and defaults are Keras's.
public final class SGD: Optimizer {
  /// The length of the steps.
  public var learningRate: LearningRateSchedule
  /// The share of the last change that is made again, in 0...1.
  public let momentum: Double
  /// Whether the gradient counts as taken where the momentum leads to.
  public let nesterov: Bool
  /// The share of each element, times the learning rate, that is taken off it before a step.
  public let weightDecay: Double
  /// How gradients are kept from growing too large.
  public let clipping: GradientClipping?
  /// What is kept from step to step.
  public var state = OptimizerState()

  /// Makes the optimizer. Stops when a number is outside its range.
  public init(
    learningRate: LearningRateSchedule = 0.01, momentum: Double = 0, nesterov: Bool = false,
    weightDecay: Double = 0, clipping: GradientClipping? = nil
  ) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.nesterov = nesterov
    self.weightDecay = weightDecay
    self.clipping = clipping
    checkCommon()
    check((0...1).contains(momentum), "momentum", momentum, "a number in 0...1")
  }

  /// The momentum, where there is any.
  public var slotNames: [String] { momentum == 0 ? [] : ["momentum"] }

  /// The rule for some of the elements of a parameter.
  public func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    let (rate, share) = (step.learningRate, Float(momentum))
    guard momentum != 0 else {
      for index in range { step.move(index, by: -(step.gradient(at: index) * rate)) }
      return
    }
    let momentum = step.slot(0)
    for index in range {
      let change = step.gradient(at: index) * rate
      momentum[index] = momentum[index] * share - change
      step.move(index, by: nesterov ? momentum[index] * share - change : momentum[index])
    }
  }
}
