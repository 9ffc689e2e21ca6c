import Dispatch
import Tensor

/// Runs pieces of work on its own thread, one after the other. After a piece has failed, no more pieces are run.
final class BackgroundWork: Sendable {
  private let queue: DispatchQueue
  private let failure = Lock<(any Error)?>(nil)

  init(label: String) {
    queue = DispatchQueue(label: label)
  }

  /// Waits until the piece before has ended, and starts a new one.
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
