import Glibc
import Tensor

/// The use of MPI by this process, from the start to its end.
final class MPISession: @unchecked Sendable {
  private let library: MPILibrary
  private let rank: Int
  private let size: Int
  private var hosts: [String] = []
  /// For sums that go on while other operations run, so that the order of one kind does not depend on the other.
  private var background: MPILibrary.Handle = 0
  /// How long an operation waits for the others, in seconds.
  private let patience: Double
  /// The number of operations so far: two ranks that are at different ones do not do the same.
  private var operationCount = 0
  /// One operation takes at most so many elements, since MPI counts them in 32 bits.
  private static let largestCount = 1 << 30

  private static let group = Lock<ProcessGroup?>(nil)
  /// The library to leave when the program ends.
  private static let used = Lock<MPILibrary?>(nil)

  private init(_ library: MPILibrary, rank: Int, size: Int, patience: Double) {
    (self.library, self.rank, self.size, self.patience) = (library, rank, size, patience)
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
      used.withLock { $0 = library }
      leaveAtExit()
      _ = library.setErrorHandler(library.values.world, library.values.errorsReturn)
      var (rank, size): (Int32, Int32) = (0, 1)
      _ = library.rank(library.values.world, &rank)
      _ = library.size(library.values.world, &size)
      let session = MPISession(library, rank: Int(rank), size: Int(size), patience: patience)
      session.hosts = Array(repeating: "an unknown host", count: Int(size))
      session.hosts[Int(rank)] = host
      session.background = try session.duplicatedWorld()
      let alone = ProcessGroup(rank: Int(rank), size: Int(size), hosts: session.hosts, session: session)
      session.hosts = try alone.allGather(Array(host.utf8)).map { String(decoding: $0, as: UTF8.self) }
      let made = ProcessGroup(rank: Int(rank), size: Int(size), hosts: session.hosts, session: session)
      group = made
      return made
    }
  }

  /// At the end of the program, leaves the group; after an error, ends the other processes, which would wait for this one.
  private static func leaveAtExit() {
    on_exit(
      { status, _ in
        guard let library = MPISession.used.withLock({ $0 }) else { return }
        if status == 0 {
          _ = library.finalize()
        } else {
          // Where the network is gone, nobody hears that this process gives up, and MPI waits to be ended.
          signal(SIGALRM, SIG_DFL)
          alarm(3)
          _ = library.abort(library.values.world, status)
        }
      }, nil)
  }

  // MARK: Operations

  func allReduce<Scalar: DistributedScalar>(_ target: UnsafeMutableBufferPointer<Scalar>, _ reduction: Reduction) throws
  {
    let type = Scalar.distributedType.handle(in: library.values)
    try inPieces(target) { piece in
      try wait(for: "all-reduce of \(counted(target.count, "element"))") { request in
        library.allReduce(
          UnsafeRawPointer(bitPattern: library.values.inPlace), piece.baseAddress, Int32(piece.count), type,
          reduction.handle(in: library.values),
          library.values.world, request)
      }
    }
  }

  /// Begins a sum, which goes on in the background.
  ///
  /// - Parameter target: what is summed up, in place. It must stay until the sum is done.
  func beginSum(_ target: UnsafeMutableBufferPointer<Float>) throws -> PendingReduction {
    let operation = "the sum of \(counted(target.count, "element"))"
    operationCount += 1
    var requests: [Request] = []
    try inPieces(target) { piece in
      let request = Request()
      try check(
        library.allReduce(
          UnsafeRawPointer(bitPattern: library.values.inPlace), piece.baseAddress, Int32(piece.count),
          library.values.float, library.values.sum, background, request.pointer), operation)
      requests.append(request)
    }
    return PendingReduction(session: self, requests: requests, operation: operation)
  }

  func broadcast<Scalar: DistributedScalar>(_ target: UnsafeMutableBufferPointer<Scalar>, from root: Int) throws {
    let type = Scalar.distributedType.handle(in: library.values)
    try inPieces(target) { piece in
      try wait(for: "broadcast of \(counted(target.count, "element"))") { request in
        library.broadcast(piece.baseAddress, Int32(piece.count), type, Int32(root), library.values.world, request)
      }
    }
  }

  /// The number of each rank.
  func gatherCounts(_ count: Int) throws -> [Int] {
    // Two halves, since numbers travel in 32 bits.
    let own = [Int32(truncatingIfNeeded: count & 0x7FFF_FFFF), Int32(truncatingIfNeeded: count >> 31)]
    var all = [Int32](repeating: 0, count: 2 * size)
    try all.withUnsafeMutableBufferPointer { all in
      try own.withUnsafeBufferPointer { try gather($0, Array(repeating: 2, count: size), into: all) }
    }
    return (0..<size).map { Int(all[2 * $0]) | Int(all[2 * $0 + 1]) << 31 }
  }

  /// The elements of each rank behind each other; `counts` says how many each has.
  func allGather<Scalar: DistributedScalar>(
    _ source: UnsafeBufferPointer<Scalar>, _ counts: [Int], into target: UnsafeMutableBufferPointer<Scalar>
  ) throws {
    guard counts.reduce(0, +) <= Int(Int32.max) else {
      throw failure("gathering", "\(counts.reduce(0, +)) elements are more than MPI counts")
    }
    try gather(source, counts, into: target)
  }

  func barrier() throws {
    try wait(for: "a barrier") { library.barrier(library.values.world, $0) }
  }

  private func gather<Scalar: DistributedScalar>(
    _ source: UnsafeBufferPointer<Scalar>, _ counts: [Int], into target: UnsafeMutableBufferPointer<Scalar>
  ) throws {
    let type = Scalar.distributedType.handle(in: library.values)
    let places = counts.indices.map { counts[..<$0].reduce(0, +) }
    // They must stay until the operation is done.
    try counts.map { Int32($0) }.withUnsafeBufferPointer { counts in
      try places.map { Int32($0) }.withUnsafeBufferPointer { places in
        guard let counts = counts.baseAddress, let places = places.baseAddress else { return }
        try wait(for: "gathering of \(counted(target.count, "element"))") { request in
          library.allGather(
            source.baseAddress, Int32(source.count), type, target.baseAddress, counts, places, type,
            library.values.world,
            request)
        }
      }
    }
  }

  private func inPieces<Scalar>(
    _ buffer: UnsafeMutableBufferPointer<Scalar>, _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Void
  ) throws {
    var first = 0
    repeat {
      let count = min(buffer.count - first, Self.largestCount)
      try body(UnsafeMutableBufferPointer(rebasing: buffer[first..<first + count]))
      first += count
    } while first < buffer.count
  }

  // MARK: Waiting

  /// Begins an operation, and waits until it is done.
  private func wait(for operation: String, _ begin: (UnsafeMutableRawPointer) -> MPILibrary.Status) throws {
    operationCount += 1
    let request = Request()
    try check(begin(request.pointer), operation)
    try finish(request, operation)
  }

  /// A second communicator of all processes.
  private func duplicatedWorld() throws -> MPILibrary.Handle {
    // As wide as the handle of either library. It stays until the program ends.
    let handle = UnsafeMutablePointer<MPILibrary.Handle>.allocate(capacity: 1)
    handle.initialize(to: 0)
    try wait(for: "the start") { library.duplicate(library.values.world, handle, $0) }
    return handle.pointee
  }

  /// Looks once whether a request is done. MPI moves data meanwhile.
  func advance(_ request: Request, _ operation: String) throws {
    guard !request.isDone else { return }
    var done: Int32 = 0
    try check(library.test(request.pointer, &done, request.status), operation)
    request.isDone = done != 0
  }

  /// Waits until a request is done.
  func finish(_ request: Request, _ operation: String) throws {
    guard try request.isDone || isDone(request, within: patience, operation) else {
      throw DistributedError.late(
        operation: operation, rank: rank, host: hosts[rank], seconds: patience, missing: missingRanks())
    }
  }

  /// Waits until a request is done, or for so many seconds.
  private func isDone(_ request: Request, within seconds: Double, _ operation: String) throws -> Bool {
    let start = ContinuousClock.now
    var rounds = 0
    while true {
      try advance(request, operation)
      if request.isDone { return true }
      rounds += 1
      // Most operations take microseconds. The clock and other threads get their turn after that.
      guard rounds > 200 else { continue }
      if start.duration(to: .now) > .seconds(seconds) { return false }
      if rounds > 2_000 { usleep(50) } else { sched_yield() }
    }
  }

  /// Asks all ranks what they do, and names those that do not answer or do something else.
  private func missingRanks() -> [String] {
    let tag: Int32 = 77
    let own = [Int64(operationCount)]
    var asked: [(rank: Int, request: Request, answer: UnsafeMutablePointer<Int64>)] = []
    for other in 0..<size where other != rank {
      // Neither is freed, since MPI may still use them: the process is about to end.
      let number = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
      let answer = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
      (number.pointee, answer.pointee) = (own[0], -1)
      let (sent, received) = (Request(), Request())
      let type = library.values.uint8
      _ = library.send(number, 8, type, Int32(other), tag, library.values.world, sent.pointer)
      guard library.receive(answer, 8, type, Int32(other), tag, library.values.world, received.pointer) == 0 else {
        continue
      }
      asked.append((other, received, answer))
    }
    let missing = asked.compactMap { other, request, answer -> String? in
      guard (try? isDone(request, within: 2, "asking")) == true else {
        return "rank \(other) on \(hosts[other]), which does not answer"
      }
      guard answer.pointee != own[0] else { return nil }
      return "rank \(other) on \(hosts[other]), which is at operation \(answer.pointee) and not \(own[0])"
    }
    return missing.isEmpty ? ["a rank that has come since"] : missing
  }

  private func check(_ status: MPILibrary.Status, _ operation: String) throws {
    guard status != 0 else { return }
    var text = [CChar](repeating: 0, count: 1_024)
    var count: Int32 = 0
    _ = library.errorText(status, &text, &count)
    throw failure(operation, String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  private func failure(_ operation: String, _ reason: String) -> DistributedError {
    .failed(operation: operation, rank: rank, host: hosts[rank], reason: reason)
  }
}

/// A sum that goes on in the background.
public final class PendingReduction {
  private let session: MPISession?
  private let requests: [Request]
  private let operation: String

  init(session: MPISession?, requests: [Request] = [], operation: String = "") {
    (self.session, self.requests, self.operation) = (session, requests, operation)
  }

  /// Lets the sum proceed: MPI moves data only while it is called.
  ///
  /// - Returns: whether the sum is there.
  /// - Throws: ``DistributedError`` when the library fails.
  public func advance() throws -> Bool {
    for request in requests { try session?.advance(request, operation) }
    return requests.allSatisfy(\.isDone)
  }

  /// Waits until the sum is there.
  ///
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  public func wait() throws {
    for request in requests { try session?.finish(request, operation) }
  }
}

/// A request of MPI and its status. Their memory is freed once it is done: until then MPI may write to it.
final class Request {
  let pointer = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
  let status = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
  var isDone = false

  init() {
    pointer.initializeMemory(as: UInt64.self, to: 0)
  }

  deinit {
    guard isDone else { return }
    pointer.deallocate()
    status.deallocate()
  }
}
