import Glibc

// Waiting for the other ranks, as long as they live.

extension MPISession {
  /// Begins an operation, and waits until it is done.
  ///
  /// - Parameter memory: what MPI reads and writes meanwhile. If a rank is late, the operation keeps it.
  func wait(
    for name: String, keeping memory: [any AnyObject & Sendable] = [],
    _ begin: (MPILibrary, UnsafeMutableRawPointer) -> MPILibrary.Status
  ) throws {
    pulse?.beginOperation()
    try finish(
      withoutActuallyEscaping(begin) { try progress.begin(name, keeping: memory, inBackground: false, [$0]) })
  }

  /// Looks once whether an operation is done.
  func advance(_ operation: MPIOperation) throws -> Bool {
    progress.advance()
    guard let result = operation.result else { return false }
    try result.get()
    return true
  }

  /// Waits until an operation is done.
  ///
  /// - Throws: `DistributedError.late` if a rank does not answer for as long as the patience of the session, or if all ranks wait
  ///   for three times as long, and for different things.
  func finish(_ operation: MPIOperation) throws {
    var (rounds, waited, last) = (0, 0.0, ContinuousClock.now)
    var agreed = 0.0
    let place = pulse?.place(of: operation) ?? 0
    defer { if rounds > 200 { pulse?.endWait() } }
    while try !advance(operation) {
      rounds += 1
      // Most operations take microseconds. The clock and other threads get their turn after that.
      guard rounds > 200 else { continue }
      // A process that is itself stopped for a while has not waited meanwhile.
      waited += min((ContinuousClock.now - last) / .seconds(1), 1)
      last = .now
      let answers = pulse?.wait(waited, at: place) ?? [:]
      let silent = others.filter { waited - (answers[$0]?.time ?? 0) > patience }
      if !silent.isEmpty { throw late(operation, waited, silent.map { "\(name(of: $0)), which does not answer" }) }
      // If no rank computes, and some wait for other things, none of them will come.
      let places = answers.values.compactMap(\.place)
      if places.count < size - 1 || places.allSatisfy({ $0 == place }) { agreed = waited }
      if waited - agreed > 3 * patience {
        let astray = others.filter { answers[$0]?.place != place }
        throw late(operation, waited, astray.map { "\(name(of: $0)), which waits for something else" })
      }
      if rounds > 2_000 { usleep(50) } else { sched_yield() }
    }
  }

  private var others: [Int] { (0..<size).filter { $0 != rank } }

  private func name(of rank: Int) -> String { "rank \(rank) on \(hosts[rank])" }

  private func late(_ operation: MPIOperation, _ waited: Double, _ missing: [String]) -> DistributedError {
    hasLostRank = true
    return .late(operation: operation.name, rank: rank, host: hosts[rank], seconds: waited, missing: missing)
  }
}
