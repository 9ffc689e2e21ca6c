import Tensor

/// The generator of a program.
struct BatchSource: Sendable {
  private let generate: @Sendable (_ epoch: Int) throws -> () throws -> Batch?
  /// What makes the batches of all epochs, one after the other, if the generator is called once.
  private let only: BatchReader?
  /// What has made the first batch, for the first epoch of a generator that cannot make it again.
  private let begun = Lock<BatchReader?>(nil)
  private let isRepeatable: Bool

  /// - Parameters:
  ///   - isRepeatable: whether the generator makes the same batches again for the same epoch.
  ///   - endsEpochs: whether the end of the generator is that of an epoch, so that it is called for each epoch.
  init(
    isRepeatable: Bool, endsEpochs: Bool, _ generate: @escaping @Sendable (_ epoch: Int) throws -> () throws -> Batch?
  ) {
    self.generate = generate
    self.isRepeatable = isRepeatable
    only = isRepeatable || endsEpochs ? nil : BatchReader { try generate(0) }
  }

  /// The first batch of the first epoch.
  func peek() throws -> Batch? {
    let reader = reader(epoch: 0)
    let batch = try reader.peek()
    if !isRepeatable { begun.withLock { $0 = reader } }
    return batch
  }

  /// What makes the batches of an epoch.
  func reader(epoch: Int) -> BatchReader {
    let first = begun.withLock { reader in
      defer { reader = nil }
      return reader
    }
    return only ?? first ?? BatchReader { [generate] in try generate(epoch) }
  }
}

/// Batches in their order, each made when it is asked for.
final class BatchReader: Sendable {
  private let begin: @Sendable () throws -> () throws -> Batch?
  private let state = Lock(State())

  /// `@unchecked Sendable` since what a program returns is called by one thread at a time, inside the lock.
  private struct State: @unchecked Sendable {
    var next: (() throws -> Batch?)?
    /// A batch that was looked at before.
    var peeked: Batch?
    /// The number of batches to leave out before the next one.
    var skipped = 0
    /// The number of batches that were made.
    var made = 0
  }

  init(_ begin: @escaping @Sendable () throws -> () throws -> Batch?) { self.begin = begin }

  /// The number of batches that were made so far, with those that were left out.
  var made: Int { state.withLock { $0.made } }

  /// The next batch, which stays the next one.
  func peek() throws -> Batch? {
    try state.withLock { state in
      state.peeked = try make(&state)
      return state.peeked
    }
  }

  /// Leaves out some batches. They are made when the next one is asked for.
  func skip(_ count: Int) { state.withLock { $0.skipped += count } }

  /// The next batch; `nil` at the end.
  func next() throws -> Batch? {
    try state.withLock { state in
      while state.skipped > 0 {
        state.skipped -= 1
        guard try make(&state) != nil else { return nil }
      }
      return try make(&state)
    }
  }

  private func make(_ state: inout State) throws -> Batch? {
    if let batch = state.peeked {
      state.peeked = nil
      return batch
    }
    let next = try state.next ?? begin()
    state.next = next
    guard let batch = try next() else { return nil }
    state.made += 1
    return batch
  }
}
