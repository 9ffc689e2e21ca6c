import Glibc
import Tensor

/// The use of MPI by this process, from the start to its end.
final class MPISession: @unchecked Sendable {
  let library: MPILibrary
  let rank: Int
  let size: Int
  private(set) var hosts: [String]
  /// For sums that go on while other operations run, so that the order of one kind does not depend on the other.
  private(set) var background: MPILibrary.Handle = 0
  /// For what follows a background operation, when it is done.
  private(set) var returning: MPILibrary.Handle = 0
  /// All calls of MPI.
  let progress: MPIProgress
  /// How long another rank may be silent while this one waits for it, in seconds.
  let patience: Double
  /// `nil` for a rank that is the only one, and until the session has begun.
  private(set) var pulse: MPIPulse?
  /// Whether a rank did not answer: then MPI itself may not be able to end.
  var hasLostRank = false

  private static let group = Lock<ProcessGroup?>(nil)
  /// What to leave when the program ends.
  static let used = Lock<MPISession?>(nil)

  private init(_ library: MPILibrary, rank: Int, size: Int, host: String, patience: Double) {
    (self.library, self.rank, self.size, self.patience) = (library, rank, size, patience)
    hosts = Array(repeating: "an unknown host", count: size)
    hosts[rank] = host
    progress = MPIProgress(library) { status, operation in
      var text = [CChar](repeating: 0, count: 1_024)
      var count: Int32 = 0
      _ = library.errorText(status, &text, &count)
      let reason = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return DistributedError.failed(operation: operation, rank: rank, host: host, reason: reason)
    }
  }

  /// Joins the group of all processes, once in a program.
  static func start(patience: Double) throws -> ProcessGroup {
    try group.withLock { group in
      if let group { return group }
      let library = try MPILibrary()
      var level: Int32 = 0
      // Calls of several threads, one at a time.
      let serialized: Int32 = 2
      let host = hostName()
      guard library.initThread(nil, nil, serialized, &level) == 0 else {
        throw DistributedError.failed(
          operation: "the start of MPI", rank: 0, host: host, reason: "MPI_Init_thread has failed")
      }
      _ = library.setErrorHandler(library.values.world, library.values.errorsReturn)
      var (rank, size): (Int32, Int32) = (0, 1)
      _ = library.rank(library.values.world, &rank)
      _ = library.size(library.values.world, &size)
      let session = MPISession(library, rank: Int(rank), size: Int(size), host: host, patience: patience)
      used.withLock { $0 = session }
      leaveAtExit()
      guard level >= serialized else {
        throw DistributedError.failed(
          operation: "the start of MPI", rank: Int(rank), host: host,
          reason: "this build of the library does not take calls of several threads")
      }
      session.background = try session.duplicatedWorld()
      session.returning = try session.duplicatedWorld()
      if size > 1 {
        session.pulse = MPIPulse(rank: Int(rank), size: Int(size), group: try session.duplicatedWorld())
      }
      session.progress.start(session.pulse)
      let alone = ProcessGroup(rank: Int(rank), size: Int(size), hosts: session.hosts, session: session)
      session.hosts = try alone.allGather(Array(host.utf8)).map { String(decoding: $0, as: UTF8.self) }
      let made = ProcessGroup(rank: Int(rank), size: Int(size), hosts: session.hosts, session: session)
      group = made
      return made
    }
  }

  /// Another communicator of all processes.
  private func duplicatedWorld() throws -> MPILibrary.Handle {
    // As wide as the handle of either library. It stays until the program ends.
    let handle = UnsafeMutablePointer<MPILibrary.Handle>.allocate(capacity: 1)
    handle.initialize(to: 0)
    try wait(for: "the start") { $0.duplicate($0.values.world, handle, $1) }
    return handle.pointee
  }
}
