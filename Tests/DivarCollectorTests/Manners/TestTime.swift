import DivarCollector
import Foundation
import Synchronization

/// A clock that never waits: `sleep` moves it forward.
final class TestTime: Timekeeper {
  private let start = ContinuousClock.now
  private let passed = Mutex<Duration>(.zero)

  var now: ContinuousClock.Instant { start + passed.withLock { $0 } }

  var date: Date { Date(timeIntervalSince1970: 1_790_000_000 + elapsed) }

  /// Seconds since the beginning.
  var elapsed: Double { passed.withLock { $0 } / .seconds(1) }

  func sleep(until instant: ContinuousClock.Instant) async throws {
    try Task.checkCancellation()
    passed.withLock { $0 = max($0, instant - start) }
  }

  func advance(by duration: Duration) {
    passed.withLock { $0 += duration }
  }
}
