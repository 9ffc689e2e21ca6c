/// What an optimizer takes as its learning rate: a number, or a ``LearningRateSchedule``.
///
/// ```swift
/// let rate = 0.01
/// let optimizers = [SGD(learningRate: 1), SGD(learningRate: rate), SGD(learningRate: .cosine(from: rate, steps: 100))]
/// ```
public protocol LearningRate {
  /// The rate as a schedule. A number is the constant schedule.
  var learningRateSchedule: LearningRateSchedule { get }
}

extension Double: LearningRate {
  /// The same rate in all steps.
  public var learningRateSchedule: LearningRateSchedule { .constant(self) }
}

extension Int: LearningRate {
  /// The same rate in all steps.
  public var learningRateSchedule: LearningRateSchedule { .constant(Double(self)) }
}

extension LearningRateSchedule: LearningRate {
  /// Itself.
  public var learningRateSchedule: LearningRateSchedule { self }
}

// The cases again, so that `.cosine(…)` can be written where any kind of learning rate is taken. Where only a schedule fits,
// the cases themselves come first.
extension LearningRate where Self == LearningRateSchedule {
  /// The same rate in all steps.
  @_disfavoredOverload
  public static func constant(_ rate: Double) -> Self { LearningRateSchedule.constant(rate) }

  /// `rates[i]` up to and including the step `boundaries[i]`, the last rate from then on.
  @_disfavoredOverload
  public static func step(boundaries: [Int], rates: [Double]) -> Self {
    LearningRateSchedule.step(boundaries: boundaries, rates: rates)
  }

  /// from · factor^(step / steps). With `staircase` the exponent is rounded down.
  @_disfavoredOverload
  public static func exponential(from: Double, steps: Int, factor: Double, staircase: Bool = false) -> Self {
    LearningRateSchedule.exponential(from: from, steps: steps, factor: factor, staircase: staircase)
  }

  /// A straight line over `warmUpSteps` steps, then half a cosine wave over `steps` steps.
  @_disfavoredOverload
  public static func cosine(
    from: Double, steps: Int, alpha: Double = 0, warmUpFrom: Double = 0, warmUpSteps: Int = 0
  ) -> Self {
    LearningRateSchedule.cosine(
      from: from, steps: steps, alpha: alpha, warmUpFrom: warmUpFrom, warmUpSteps: warmUpSteps)
  }
  /// Half cosine waves one after the other, the first over `firstSteps` steps.
  @_disfavoredOverload
  public static func cosineRestarts(
    from: Double, firstSteps: Int, lengthening: Double = 2, scaling: Double = 1, alpha: Double = 0
  ) -> Self {
    LearningRateSchedule.cosineRestarts(
      from: from, firstSteps: firstSteps, lengthening: lengthening, scaling: scaling, alpha: alpha)
  }

  /// to + (from - to) (1 - step / steps)^power.
  @_disfavoredOverload
  public static func polynomial(
    from: Double, steps: Int, to: Double = 0, power: Double = 1, repeats: Bool = false
  ) -> Self {
    LearningRateSchedule.polynomial(from: from, steps: steps, to: to, power: power, repeats: repeats)
  }

  /// from / (1 + factor · step / steps). With `staircase` step / steps is rounded down.
  @_disfavoredOverload
  public static func inverseTime(from: Double, steps: Int, factor: Double, staircase: Bool = false) -> Self {
    LearningRateSchedule.inverseTime(from: from, steps: steps, factor: factor, staircase: staircase)
  }

  /// Half a cosine wave up to the peak, then half a wave down.
  @_disfavoredOverload
  public static func oneCycle(
    peak: Double, steps: Int, warmUp: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4
  ) -> Self {
    LearningRateSchedule.oneCycle(
      peak: peak, steps: steps, warmUp: warmUp, startDivisor: startDivisor, endDivisor: endDivisor)
  }
}
