import Tensor

/// An operation of this process with the others that has begun: requests of MPI, and how they have ended.
final class MPIOperation: Sendable {
  /// What it is, for messages.
  let name: String
  /// Whether the program computes meanwhile.
  let isInBackground: Bool
  private let requests: [MPIRequest]
  private let outcome = Lock<Result<Void, any Error>?>(nil)

  init(_ name: String, _ requests: [MPIRequest], inBackground: Bool) {
    (self.name, self.requests, isInBackground) = (name, requests, inBackground)
  }

  /// How it has ended; `nil` while it goes on.
  var result: Result<Void, any Error>? { outcome.withLock { $0 } }

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

  /// Ends it.
  func end(_ result: Result<Void, any Error>) {
    outcome.withLock { $0 = result }
  }
}
