import Synchronization
import Tensor

/// How long to wait before a request is repeated: twice as long each time, minus a random part, so that collectors that
/// failed at the same time do not try again at the same time.
package final class Backoff: Sendable {
  private let base: Duration
  private let limit: Duration
  private let generator: Mutex<RandomGenerator>

  /// Makes the rule.
  ///
  /// - Parameters:
  ///   - base: the longest wait before the first repetition.
  ///   - limit: the longest wait before any repetition.
  ///   - seed: chooses the random parts.
  package init(base: Duration, limit: Duration = .seconds(60), seed: UInt64) {
    self.base = base
    self.limit = limit
    generator = Mutex(RandomGenerator(seed: seed))
  }

  /// A random time between half of `min(base * 2ᵃ⁻¹, limit)` and all of it, for the attempt number a = 1, 2, …
  package func delay(afterAttempt attempt: Int) -> Duration {
    let longest = min(base * (1 << min(attempt - 1, 30)), limit)
    return longest * generator.withLock { $0.uniform(in: 0.5..<1) }
  }
}
