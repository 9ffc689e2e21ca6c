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

  /// The learning rate after `step` steps. Stops when the schedule is not valid: rates must be finite and at least 0,
  /// steps at least 1, boundaries must increase with one rate more than boundaries, alpha must lie in 0...1.
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
      return start * (alpha + (1 - alpha) * 0.5 * (1 + cos(.pi * progress)))
    }
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
    }
  }

  /// Stops and names the optimizer unless the schedule is sound.
  func check(for optimizer: Any.Type) {
    require(isSound, "\(optimizer): \(problem)")
  }

  private var problem: String {
    "\(self) is no learning rate: rates must be finite and at least 0, steps at least 1, boundaries must increase with "
      + "one rate more than boundaries, alpha must lie in 0...1"
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
