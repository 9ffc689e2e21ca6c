import Tensor

/// The generator of a program, and what it makes next.
final class BatchSource: Sendable {
  private let isRepeatable: Bool
  private let generate: @Sendable (_ epoch: Int) throws -> () throws -> Batch?
  /// Of a generator that is not repeatable: what makes its next batch, and a batch that was looked at before.
  private let current = Lock<Current?>(nil)

  /// `@unchecked Sendable` since what a program returns is called by one thread at a time, inside the lock.
  private struct Current: @unchecked Sendable {
    let next: () throws -> Batch?
    var peeked: Batch?
  }

  init(isRepeatable: Bool, _ generate: @escaping @Sendable (_ epoch: Int) throws -> () throws -> Batch?) {
    (self.isRepeatable, self.generate) = (isRepeatable, generate)
  }

  /// The first batch of the first epoch.
  func peek() throws -> Batch? {
    let next = try generate(0)
    let batch = try next()
    if !isRepeatable { current.withLock { $0 = Current(next: next, peeked: batch) } }
    return batch
  }

  /// What makes the batches of an epoch.
  func begin(epoch: Int) throws -> () throws -> Batch? {
    if isRepeatable { return try generate(epoch) }
    return { [self] in
      try current.withLock { current in
        if let batch = current?.peeked {
          current?.peeked = nil
          return batch
        }
        return try current?.next()
      }
    }
  }
}

/// The batches of one epoch, in their order.
final class EpochOfBatches: Sendable {
  private let source: BatchSource
  private let epoch: Int
  private let state: Lock<State>

  /// `@unchecked Sendable` for the same reason.
  private struct State: @unchecked Sendable {
    var next: (() throws -> Batch?)?
    var skipped: Int
  }

  init(_ source: BatchSource, epoch: Int, skipping count: Int) {
    (self.source, self.epoch) = (source, epoch)
    state = Lock(State(skipped: count))
  }

  /// The next batch; `nil` at the end.
  func next() throws -> Batch? {
    try state.withLock { state in
      let next = try state.next ?? source.begin(epoch: epoch)
      state.next = next
      while state.skipped > 0 {
        state.skipped -= 1
        guard try next() != nil else { return nil }
      }
      return try next()
    }
  }
}
