import Foundation

/// A clock that can also wait. Tests use one whose time they control.
package protocol Timekeeper: Sendable {
  /// The time that waiting is measured by.
  var now: ContinuousClock.Instant { get }
  /// The time of the calendar.
  var date: Date { get }
  /// Waits until `instant`.
  ///
  /// - Throws: `CancellationError` if the task is cancelled meanwhile.
  func sleep(until instant: ContinuousClock.Instant) async throws
}

/// The time of the system.
package struct SystemTime: Timekeeper {
  package init() {}

  package var now: ContinuousClock.Instant { .now }

  package var date: Date { Date() }

  package func sleep(until instant: ContinuousClock.Instant) async throws {
    try await Task.sleep(until: instant, clock: .continuous)
  }
}
