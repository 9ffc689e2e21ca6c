import Glibc

/// A value that one thread at a time reads and changes.
///
/// It is `Mutex` of the standard library with the lock of POSIX threads inside. The thread sanitizer knows that lock. It
/// does not see the lock of `Mutex` when two threads want it at once, and reports a race where there is none.
package final class Lock<Value: Sendable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  package init(_ value: Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` as the only user of the value. It must not take the same lock again.
  package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
