import Dispatch
import Tensor

/// Runs pieces of work on a thread of its own, one after the other. After a piece that failed, no other one is run.
final class BackgroundWork: Sendable {
  private let queue: DispatchQueue
  private let failure = Lock<(any Error)?>(nil)

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  /// Starts a piece of work as soon as the one before has ended.
  ///
  /// - Throws: what an earlier piece threw.
  func begin(_ work: @escaping @Sendable () throws -> Void) throws {
    try finish()
    queue.async { [self] in
      do { try work() } catch { failure.withLock { $0 = error } }
    }
  }

  /// Throws the error of a piece that has failed.
  func check() throws {
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Waits until the current piece has ended.
  func wait() {
    queue.sync {}
  }

  /// Waits, and throws the error of a piece that has failed.
  func finish() throws {
    wait()
    try check()
  }
}
