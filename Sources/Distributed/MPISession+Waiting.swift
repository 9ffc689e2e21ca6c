import Glibc

// Waiting for the other ranks, within limits.

extension MPISession {
  /// Begins an operation, and waits until it is done.
  func wait(for name: String, _ begin: (MPILibrary, UnsafeMutableRawPointer) -> MPILibrary.Status) throws {
    operationCount += 1
    try finish(withoutActuallyEscaping(begin) { try progress.begin(name, inBackground: false, [$0]) })
  }

  /// Looks once whether an operation is done.
  func advance(_ operation: MPIOperation) throws -> Bool {
    progress.advance()
    guard let result = operation.result else { return false }
    try result.get()
    return true
  }

  /// Waits until an operation is done.
  func finish(_ operation: MPIOperation) throws {
    guard try isDone(operation, within: patience) else {
      throw DistributedError.late(
        operation: operation.name, rank: rank, host: hosts[rank], seconds: patience, missing: missingRanks())
    }
  }

  /// Waits until an operation is done, or for so many seconds.
  private func isDone(_ operation: MPIOperation, within seconds: Double) throws -> Bool {
    let start = ContinuousClock.now
    var rounds = 0
    while true {
      if try advance(operation) { return true }
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
    let own = Int64(operationCount)
    var asked: [(rank: Int, operation: MPIOperation, answer: UnsafeMutablePointer<Int64>)] = []
    for other in 0..<size where other != rank {
      // Neither is freed, since MPI may still use them: the process is about to end.
      let number = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
      let answer = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
      (number.pointee, answer.pointee) = (own, -1)
      _ = try? progress.begin(
        "asking", inBackground: false,
        [{ $0.send(number, 8, $0.values.uint8, Int32(other), tag, $0.values.world, $1) }])
      let received = try? progress.begin(
        "asking", inBackground: false,
        [{ $0.receive(answer, 8, $0.values.uint8, Int32(other), tag, $0.values.world, $1) }])
      if let received { asked.append((other, received, answer)) }
    }
    let missing = asked.compactMap { other, operation, answer -> String? in
      guard (try? isDone(operation, within: 2)) == true else {
        return "rank \(other) on \(hosts[other]), which does not answer"
      }
      guard answer.pointee != own else { return nil }
      return "rank \(other) on \(hosts[other]), which is at operation \(answer.pointee) and not \(own)"
    }
    return missing.isEmpty ? ["a rank that has come since"] : missing
  }
}
