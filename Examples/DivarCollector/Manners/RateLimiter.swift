import Synchronization

/// Starts requests at equal distances in time, whatever hosts they go to and however many run at the same time.
///
/// Each request gets the next free time slot, `1 / rate` seconds after the slot before it. A slot without a waiting
/// request is lost, so there is no burst of requests after a pause. A request that starts late does not delay the next
/// ones, so the rate holds as long as requests wait.
package final class RateLimiter: Sendable {
  private struct State {
    var interval: Duration
    /// The first free slot.
    var next: ContinuousClock.Instant
    /// No request starts before.
    var pauseEnd: ContinuousClock.Instant
  }

  private let time: any Timekeeper
  private let state: Mutex<State>

  /// Makes a limiter.
  ///
  /// - Parameters:
  ///   - rate: requests in a second.
  ///   - time: the clock.
  package init(rate: Double, time: any Timekeeper) {
    self.time = time
    let now = time.now
    state = Mutex(State(interval: .seconds(1 / rate), next: now, pauseEnd: now))
  }

  /// Waits for the next free slot.
  ///
  /// - Throws: `CancellationError`.
  package func wait() async throws {
    while true {
      let place = state.withLock { state in
        let place = max(time.now, state.next, state.pauseEnd)
        state.next = place + state.interval
        return place
      }
      try await time.sleep(until: place)
      // A pause that was requested meanwhile also applies to requests that have a slot.
      if state.withLock({ $0.pauseEnd <= place }) { return }
    }
  }

  /// Lets no request start for `duration` from now.
  package func pause(for duration: Duration) {
    state.withLock { $0.pauseEnd = max($0.pauseEnd, time.now + duration) }
  }

  /// Puts at least `interval` between requests from now on.
  package func slowDown(to interval: Duration) {
    state.withLock { $0.interval = max($0.interval, interval) }
  }
}
