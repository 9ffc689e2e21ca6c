import Dispatch
import Synchronization

/// Work on a thread of its own, one piece after the other. After a piece that failed none is done any more.
final class BackgroundWork: Sendable {
  private let queue: DispatchQueue
  private let failure = Mutex<(any Error)?>(nil)

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  /// Begins a piece of work, once the one before has ended.
  ///
  /// - Throws: what an earlier piece threw.
  func begin(_ work: @escaping @Sendable () throws -> Void) throws {
    try finish()
    queue.async { [self] in
      do { try work() } catch { failure.withLock { $0 = error } }
    }
  }

  /// Throws what a piece has thrown that has ended.
  func check() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Waits for the end of the piece under way.
  func wait() {
    queue.sync {}
  }

  /// Waits, and throws what a piece has thrown.
  func finish() throws {
    wait()
    try check()
  }
}
