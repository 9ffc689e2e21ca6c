import Dispatch
import Foundation
import Tensor

/// Makes the calls of MPI, one at a time, and lets operations proceed while the program computes: MPI moves data only while it is
/// called, so a thread calls it.
///
/// It has two locks: that of the calls, and that of the list of operations, which are never held together. Nobody waits for other
/// ranks inside them: all calls return at once.
final class MPIProgress: Sendable {
  private struct State {
    var operations: [MPIOperation] = []
    /// Whether one has failed that something was to follow: what follows the others would not come in order.
    var hasFailed = false
    /// Whether a thread looks at the operations.
    var isAdvancing = false
    var pulse: MPIPulse?
    /// Whether the thread sleeps until there is something to do.
    var sleeps = false
  }

  private let library: MPILibrary
  /// Makes an error of a status of MPI and the name of an operation.
  private let failure: @Sendable (MPILibrary.Status, String) -> any Error
  /// Whether MPI must not be called any more.
  private let calls = Lock(false)
  private let state = Lock(State())
  private let hasWork = DispatchSemaphore(value: 0)
  /// The time between two looks, in microseconds: short for a network, long for a processor.
  private static let pause: UInt32 = 100
  /// How long the thread sleeps when there is nothing to do but to answer other ranks.
  private static let rest = DispatchTimeInterval.milliseconds(20)

  init(_ library: MPILibrary, failure: @escaping @Sendable (MPILibrary.Status, String) -> any Error) {
    (self.library, self.failure) = (library, failure)
  }

  /// Makes calls of MPI while no other thread does.
  func call<Result>(_ body: (MPILibrary) -> Result) -> Result {
    calls.withLock { _ in body(library) }
  }

  /// Begins an operation.
  ///
  /// - Parameters:
  ///   - memory: what MPI reads and writes until it is done.
  ///   - inBackground: whether it goes on while the program computes. Otherwise the program waits for it at once, and moves its
  ///     data itself.
  ///   - begin: for each of its requests, a call that begins it.
  ///   - follow: runs when it is done, on the thread that notices, in the order in which operations began.
  func begin(
    _ name: String, keeping memory: [any AnyObject & Sendable] = [], inBackground: Bool,
    _ begin: [(MPILibrary, UnsafeMutableRawPointer) -> MPILibrary.Status],
    then follow: (@Sendable () throws -> Void)? = nil
  ) throws -> MPIOperation {
    let requests = try begin.map { begin in
      let request = MPIRequest()
      let status = call { begin($0, request.pointer) }
      guard status == 0 else { throw failure(status, name) }
      return request
    }
    let operation = MPIOperation(name, requests, keeping: memory, inBackground: inBackground, then: follow)
    let sleeps = state.withLock { state in
      state.operations.append(operation)
      guard inBackground else { return false }
      defer { state.sleeps = false }
      return state.sleeps
    }
    if sleeps { hasWork.signal() }
    return operation
  }

  /// Looks at all operations once, unless another thread does so.
  func advance() {
    let begun = state.withLock { state -> (operations: [MPIOperation], hasFailed: Bool, pulse: MPIPulse?)? in
      guard !state.isAdvancing else { return nil }
      state.isAdvancing = true
      return (state.operations, state.hasFailed, state.pulse)
    }
    guard let begun else { return }
    var mayFollow = !begun.hasFailed
    for operation in begun.operations {
      let (isDone, status) = calls.withLock { $0 ? (false, 0) : operation.advance(library) }
      if status != 0 {
        operation.end(failure(status, operation.name))
      } else if isDone, mayFollow || !operation.isFollowed {
        operation.end()
      }
      if operation.isFollowed, !operation.isSuccess { mayFollow = false }
    }
    begun.pulse?.advance { body in calls.withLock { if !$0 { body(library) } } }
    state.withLock { state in
      state.hasFailed =
        state.operations.contains { $0.isFollowed && $0.result != nil && !$0.isSuccess } || state.hasFailed
      state.operations.removeAll { $0.result != nil }
      state.isAdvancing = false
    }
  }

  /// Makes the last calls of MPI. The thread makes none after them.
  func end(_ body: (MPILibrary) -> Void) {
    calls.withLock { hasEnded in
      hasEnded = true
      body(library)
    }
  }

  /// Starts the thread.
  func start(_ pulse: MPIPulse?) {
    state.withLock { $0.pulse = pulse }
    let thread = Thread { [self] in
      while true {
        advance()
        let sleeps = state.withLock { state in
          state.sleeps = state.operations.isEmpty
          return state.sleeps
        }
        if sleeps { _ = hasWork.wait(timeout: .now() + Self.rest) } else { usleep(Self.pause) }
      }
    }
    thread.name = "kilim-mpi"
    thread.start()
  }
}
