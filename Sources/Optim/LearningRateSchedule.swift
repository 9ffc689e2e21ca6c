import Glibc
import Tensor

/// The learning rate as a function of the number of earlier steps, 0 for the first step.
///
/// A number stands for the constant schedule: `Adam(learningRate: 1e-3)`, `Adam(learningRate: rate)` with a `Double`.
public enum LearningRateSchedule: Hashable, Codable, Sendable {
  /// The same rate in all steps.
  case constant(Double)

  /// `rates[i]` up to and including the step `boundaries[i]`, the last rate from then on.
  ///
  /// Boundaries must increase; there is one rate more than boundaries. To multiply the rate by a factor every n steps,
  /// use ``exponential(from:steps:factor:staircase:)`` with a staircase.
  case step(boundaries: [Int], rates: [Double])

  /// from · factor^(step / steps). With `staircase` the exponent is rounded down: the rate changes every `steps` steps.
  case exponential(from: Double, steps: Int, factor: Double, staircase: Bool = false)

  /// First a straight line from `warmUpFrom` to `from` over `warmUpSteps` steps, then half a cosine wave from `from` down
  /// to `alpha · from` over `steps` steps, constant afterwards.
  ///
  /// from · (alpha + (1 - alpha) (1 + cos(π t / steps)) / 2), where t counts from the end of the warm-up (Loshchilov and
  /// Hutter 2016; Goyal et al. 2017). Keras's `CosineDecay` has `from` as its `warmup_target`.
  case cosine(from: Double, steps: Int, alpha: Double = 0, warmUpFrom: Double = 0, warmUpSteps: Int = 0)

  /// Half cosine waves one after the other, each `lengthening` times as long as the one before, and `scaling` times as high
  /// (Loshchilov and Hutter 2016, SGDR). The first takes `firstSteps` steps.
  ///
  /// from · (alpha + (1 - alpha) scalingⁱ (1 + cos(π t / Tᵢ)) / 2) in wave i = 0, 1, … of Tᵢ = firstSteps · lengtheningⁱ steps,
  /// where t counts from its beginning. Keras calls the two factors `t_mul`, at least 1 here, and `m_mul`.
  case cosineRestarts(from: Double, firstSteps: Int, lengthening: Double = 2, scaling: Double = 1, alpha: Double = 0)

  /// to + (from - to) (1 - step / steps)^power, constant after `steps` steps. With `repeats`, the way down is stretched to the
  /// next multiple of `steps` instead.
  ///
  /// With power 1 it is a straight line.
  case polynomial(from: Double, steps: Int, to: Double = 0, power: Double = 1, repeats: Bool = false)

  /// from / (1 + factor · step / steps). With `staircase` step / steps is rounded down.
  case inverseTime(from: Double, steps: Int, factor: Double, staircase: Bool = false)

  /// Half a cosine wave up from peak / startDivisor to the peak over the share `warmUp` of the steps, then half a wave down to
  /// peak / startDivisor / endDivisor, constant afterwards (Smith and Topin 2017, "Super-Convergence").
  ///
  /// The shape and the numbers are those of PyTorch's `OneCycleLR`, of which fastai's is one. The momentum stays as it is. Keras
  /// has no such schedule.
  case oneCycle(peak: Double, steps: Int, warmUp: Double = 0.3, startDivisor: Double = 25, endDivisor: Double = 1e4)

  /// The learning rate after `step` steps. Stops when the schedule is not valid: rates must be finite and at least 0,
  /// steps at least 1, boundaries must increase with one rate more than boundaries, shares must lie in 0...1, and waves may not
  /// become shorter.
  public func rate(at step: Int) -> Double {
    require(isSound, "rate: \(problem)")
    switch self {
    case .constant(let rate):
      return rate
    case .step(let boundaries, let rates):
      return rates[boundaries.firstIndex { step <= $0 } ?? boundaries.count]
    case .exponential(let start, let steps, let factor, let staircase):
      let exponent = Double(step) / Double(steps)
      return start * pow(factor, staircase ? exponent.rounded(.down) : exponent)
    case .cosine(let start, let steps, let alpha, let warmUpStart, let warmUpSteps):
      if step < warmUpSteps {
        return warmUpStart + (start - warmUpStart) * Double(step) / Double(warmUpSteps)
      }
      let progress = min(Double(step - warmUpSteps) / Double(steps), 1)
      return start * (alpha + (1 - alpha) * Self.wave(at: progress))
    case .cosineRestarts(let start, let firstSteps, let lengthening, let scaling, let alpha):
      let (number, progress) = Self.place(of: step, firstSteps: firstSteps, lengthening: lengthening)
      return start * (alpha + (1 - alpha) * pow(scaling, number) * Self.wave(at: progress))
    case .polynomial(let start, let steps, let end, let power, let repeats):
      let (time, period) = (Double(step), Double(steps))
      let length = repeats ? max((time / period).rounded(.up), 1) * period : period
      return end + (start - end) * pow(1 - min(time, length) / length, power)
    case .inverseTime(let start, let steps, let factor, let staircase):
      let time = Double(step) / Double(steps)
      return start / (1 + factor * (staircase ? time.rounded(.down) : time))
    case .oneCycle(let peak, let steps, let warmUp, let startDivisor, let endDivisor):
      let (start, last) = (peak / startDivisor, Double(steps - 1))
      let top = warmUp * Double(steps) - 1
      let time = min(Double(step), last)
      if time <= top || top >= last { return peak + (start - peak) * Self.wave(at: time / max(top, 1)) }
      let end = start / endDivisor
      return end + (peak - end) * Self.wave(at: (time - top) / (last - top))
    }
  }

  /// Half a cosine wave from 1 at 0 down to 0 at 1.
  private static func wave(at progress: Double) -> Double { 0.5 * (1 + cos(.pi * progress)) }

  /// The number of waves before a step, and the share of its own that is over.
  private static func place(
    of step: Int, firstSteps: Int, lengthening: Double
  ) -> (number: Double, progress: Double) {
    // Times are counted in lengths of the first wave. A formula, since a loop over very many waves would not end.
    let time = Double(step) / Double(firstSteps)
    guard lengthening > 1 else {
      let number = time.rounded(.down)
      return (number, time - number)
    }
    func beginning(ofWave number: Double) -> Double { (pow(lengthening, number) - 1) / (lengthening - 1) }
    let growth = min(time * (lengthening - 1), .greatestFiniteMagnitude)
    var number = (log1p(growth) / log(lengthening)).rounded(.down)
    // Rounding may have moved a step across the end of a wave.
    if beginning(ofWave: number + 1) <= time { number += 1 } else if beginning(ofWave: number) > time { number -= 1 }
    return (number, (time - beginning(ofWave: number)) / pow(lengthening, number))
  }

  /// Whether the schedule gives finite rates of at least 0 at all steps.
  package var isSound: Bool {
    switch self {
    case .constant(let rate): Self.isRate(rate)
    case .step(let boundaries, let rates):
      rates.count == boundaries.count + 1 && rates.allSatisfy(Self.isRate)
        && zip(boundaries, boundaries.dropFirst()).allSatisfy { $0 < $1 }
    case .exponential(let start, let steps, let factor, _):
      Self.isRate(start) && steps >= 1 && Self.isRate(factor)
    case .cosine(let start, let steps, let alpha, let warmUpStart, let warmUpSteps):
      Self.isRate(start) && steps >= 1 && (0...1).contains(alpha) && Self.isRate(warmUpStart) && warmUpSteps >= 0
    case .cosineRestarts(let start, let firstSteps, let lengthening, let scaling, let alpha):
      Self.isRate(start) && firstSteps >= 1 && lengthening >= 1 && lengthening.isFinite && (0...1).contains(scaling)
        && (0...1).contains(alpha)
    case .polynomial(let start, let steps, let end, let power, _):
      Self.isRate(start) && steps >= 1 && Self.isRate(end) && Self.isRate(power)
    case .inverseTime(let start, let steps, let factor, _): Self.isRate(start) && steps >= 1 && Self.isRate(factor)
    case .oneCycle(let peak, let steps, let warmUp, let startDivisor, let endDivisor):
      Self.isRate(peak) && steps >= 1 && (0...1).contains(warmUp)
        && [startDivisor, endDivisor].allSatisfy { $0 >= 1 && $0.isFinite }
    }
  }

  /// Stops and names the optimizer unless the schedule is sound.
  func check(for optimizer: Any.Type) {
    require(isSound, "\(optimizer): \(problem)")
  }

  private var problem: String {
    "\(self) is no learning rate: rates must be finite and at least 0, steps at least 1, boundaries must increase with "
      + "one rate more than boundaries, shares must lie in 0...1, divisors and lengthening must be at least 1"
  }

  private static func isRate(_ value: Double) -> Bool { value >= 0 && value.isFinite }
}

extension LearningRateSchedule: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// Makes the constant schedule.
  public init(floatLiteral value: Double) {
    self = .constant(value)
  }

  /// Makes the constant schedule.
  public init(integerLiteral value: Int) {
    self = .constant(Double(value))
  }
}
