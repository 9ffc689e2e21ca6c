import Tensor

/// An operation of this process with the others that has begun: requests of MPI, and how they have ended.
final class MPIOperation: Sendable {
  private struct State {
    var result: Result<Void, any Error>?
    var follow: (@Sendable () throws -> Void)?
  }

  /// What it is, for messages.
  let name: String
  /// Whether the program computes meanwhile.
  let isInBackground: Bool
  /// Whether something follows when the requests are done.
  let isFollowed: Bool
  private let requests: [MPIRequest]
  /// What MPI reads and writes meanwhile.
  private let memory: [any AnyObject & Sendable]
  private let state: Lock<State>

  init(
    _ name: String, _ requests: [MPIRequest], keeping memory: [any AnyObject & Sendable], inBackground: Bool,
    then follow: (@Sendable () throws -> Void)?
  ) {
    (self.name, self.requests, self.memory) = (name, requests, memory)
    (isInBackground, isFollowed) = (inBackground, follow != nil)
    state = Lock(State(follow: follow))
  }

  /// How it has ended; `nil` while it goes on.
  var result: Result<Void, any Error>? { state.withLock { $0.result } }

  /// Whether it has ended well.
  var isSuccess: Bool { if case .success = result { true } else { false } }

  /// Looks once whether the requests are done, inside the lock of ``MPIProgress``.
  ///
  /// - Returns: whether they are, with a status other than 0 for one that has failed.
  func advance(_ library: MPILibrary) -> (isDone: Bool, status: MPILibrary.Status) {
    for request in requests {
      let status = request.advance(library)
      if status != 0 { return (true, status) }
      guard request.isDone else { return (false, 0) }
    }
    return (true, 0)
  }

  /// Runs what follows, and ends the operation.
  func end() {
    let follow = state.withLock { $0.follow }
    let result = Result { try follow?() ?? () }
    // Without what follows, which may hold the operation.
    state.withLock { $0 = State(result: result, follow: nil) }
  }

  /// Ends it with the error of a request. MPI may go on with the others, so what follows stays: it holds the memory.
  func end(_ error: any Error) {
    state.withLock { $0.result = .failure(error) }
  }
}
