import Foundation

/// Batches in their order, made by a thread of its own while the ones before them are in use.
///
/// The thread stays one or two batches ahead. It ends after the last batch, after an error, and after the stream is let go.
/// It works alone, so that the threads of `parallelFor` stay with the training step.
public final class BatchStream {
  private let queue: BatchQueue

  init(count: Int, lookAhead: Int, make: @escaping @Sendable (_ index: Int) throws -> Batch) {
    let queue = BatchQueue(capacity: lookAhead)
    self.queue = queue
    let thread = Thread {
      for index in 0..<count {
        guard queue.waitForRoom() else { return }
        let result = Result { try make(index) }
        queue.append(result)
        if case .failure = result { break }
      }
      queue.close()
    }
    thread.name = "kilim-batches"
    thread.start()
  }

  deinit {
    queue.close()
  }

  /// The next batch, or nil after the last. Waits until it is ready.
  ///
  /// - Throws: the error of the data set, once, in place of the batch; no batch follows.
  public func next() throws -> Batch? {
    try queue.removeFirst()?.get()
  }
}

/// Finished batches on their way from the thread that makes them to the one that uses them.
private final class BatchQueue: @unchecked Sendable {
  private let condition = NSCondition()
  private let capacity: Int
  private var results: [Result<Batch, any Error>] = []
  private var isClosed = false

  init(capacity: Int) {
    self.capacity = capacity
  }

  /// Waits until a batch may be made. False when nobody wants it any more.
  func waitForRoom() -> Bool {
    condition.withLock {
      while results.count >= capacity && !isClosed { condition.wait() }
      return !isClosed
    }
  }

  func append(_ result: Result<Batch, any Error>) {
    condition.withLock {
      results.append(result)
      condition.broadcast()
    }
  }

  /// Ends the exchange: nothing is added any more, what is there can be taken.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }

  func removeFirst() -> Result<Batch, any Error>? {
    condition.withLock {
      while results.isEmpty && !isClosed { condition.wait() }
      condition.broadcast()
      return results.isEmpty ? nil : results.removeFirst()
    }
  }
}
