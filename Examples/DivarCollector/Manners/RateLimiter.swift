import Synchronization

/// Spaces requests evenly, all of them on one grid of time, whatever host they go to and however many run at once.
///
/// Each request takes the next free place, `1 / rate` seconds after the one before it. A place that nobody waits for is
/// lost: after a quiet time requests do not come in a burst. A request that starts late does not move those after it, so
/// the rate holds over any stretch of time in which requests wait.
package final class RateLimiter: Sendable {
  private struct State {
    var interval: Duration
    /// The first place that is free.
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

  /// Waits for the next free place.
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
      // A pause that was asked for meanwhile holds for requests with a place, too.
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
