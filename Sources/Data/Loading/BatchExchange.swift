import Foundation

/// Passes finished batches from the threads that make them, in any order, to the thread that takes them, in their
/// order.
final class BatchExchange: @unchecked Sendable {
  private let condition = NSCondition()
  /// The number of batches; becomes smaller if there turn out to be fewer.
  private var count: Int
  private let capacity: Int
  private var finished: [Int: Result<Batch, any Error>] = [:]
  /// The next batch that no thread has claimed.
  private var nextToMake = 0
  /// The next batch to be taken.
  private var nextToTake = 0
  private var isClosed = false

  /// Makes the exchange for `count` batches. At most `capacity` of them are in progress or waiting to be taken.
  init(count: Int, capacity: Int) {
    self.count = count
    self.capacity = capacity
  }

  /// Waits for room, and returns the number of the next batch to make; nil if no more batches are needed.
  func claim() -> Int? {
    condition.withLock {
      while nextToMake < count && nextToMake - nextToTake >= capacity && !isClosed { condition.wait() }
      guard nextToMake < count, !isClosed else { return nil }
      defer { nextToMake += 1 }
      return nextToMake
    }
  }

  /// Stores a batch that was claimed, or its error. `nil` in place of a batch ends the exchange before it.
  func finish(_ index: Int, _ result: Result<Batch?, any Error>) {
    condition.withLock {
      switch result {
      case .success(let batch?): finished[index] = .success(batch)
      case .success(nil): count = min(count, index)
      case .failure(let error): finished[index] = .failure(error)
      }
      condition.broadcast()
    }
  }

  /// Ends the exchange: no more batches are made.
  func close() {
    condition.withLock {
      isClosed = true
      finished = [:]
      condition.broadcast()
    }
  }

  /// The next batch, once it is finished. Nil after the last one and after an error.
  func take() -> Result<Batch, any Error>? {
    condition.withLock {
      while nextToTake < count, !isClosed {
        if let result = finished.removeValue(forKey: nextToTake) {
          nextToTake += 1
          if case .failure = result { isClosed = true }
          condition.broadcast()
          return result
        }
        condition.wait()
      }
      return nil
    }
  }
}
