extension LearningRateSchedule {
  /// The schedule with each rate multiplied by a factor. The steps at which it changes stay the same.
  ///
  /// - Parameter factor: a finite number of 0 or more.
  public func scaled(by factor: Double) -> LearningRateSchedule {
    switch self {
    case .constant(let rate): .constant(rate * factor)
    case .step(let boundaries, let rates): .step(boundaries: boundaries, rates: rates.map { $0 * factor })
    case .exponential(let start, let steps, let decay, let staircase):
      .exponential(from: start * factor, steps: steps, factor: decay, staircase: staircase)
    case .cosine(let start, let steps, let alpha, let warmUpStart, let warmUpSteps):
      .cosine(
        from: start * factor, steps: steps, alpha: alpha, warmUpFrom: warmUpStart * factor, warmUpSteps: warmUpSteps)
    case .cosineRestarts(let start, let firstSteps, let lengthening, let scaling, let alpha):
      .cosineRestarts(
        from: start * factor, firstSteps: firstSteps, lengthening: lengthening, scaling: scaling, alpha: alpha)
    case .polynomial(let start, let steps, let end, let power, let repeats):
      .polynomial(from: start * factor, steps: steps, to: end * factor, power: power, repeats: repeats)
    case .inverseTime(let start, let steps, let decay, let staircase):
      .inverseTime(from: start * factor, steps: steps, factor: decay, staircase: staircase)
    case .oneCycle(let peak, let steps, let warmUp, let startDivisor, let endDivisor):
      .oneCycle(
        peak: peak * factor, steps: steps, warmUp: warmUp, startDivisor: startDivisor, endDivisor: endDivisor)
    }
  }
}

extension Optimizer {
  /// The learning rate of the next step. Stops when the schedule is not valid.
  public var currentLearningRate: Double { learningRate.rate(at: stepCount) }
}
