import Foundation

/// Finished batches on their way from the threads that make them, in any order, to the one that takes them, in theirs.
final class BatchExchange: @unchecked Sendable {
  private let condition = NSCondition()
  private let count: Int
  private let capacity: Int
  private var finished: [Int: Result<Batch, any Error>] = [:]
  /// The next batch that nobody makes yet.
  private var nextToMake = 0
  /// The next batch to be taken.
  private var nextToTake = 0
  private var isClosed = false

  /// Makes the exchange for `count` batches, of which at most `capacity` are being made or wait to be taken.
  init(count: Int, capacity: Int) {
    self.count = count
    self.capacity = capacity
  }

  /// The number of a batch to make, once there is room for it. Nil when none is wanted any more.
  func claim() -> Int? {
    condition.withLock {
      while nextToMake < count && nextToMake - nextToTake >= capacity && !isClosed { condition.wait() }
      guard nextToMake < count, !isClosed else { return nil }
      defer { nextToMake += 1 }
      return nextToMake
    }
  }

  /// Hands in a batch that was claimed, or the error that came in its place.
  func finish(_ index: Int, _ result: Result<Batch, any Error>) {
    condition.withLock {
      finished[index] = result
      condition.broadcast()
    }
  }

  /// Ends the exchange: no batch is made any more.
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
      guard nextToTake < count, !isClosed else { return nil }
      while true {
        if let result = finished.removeValue(forKey: nextToTake) {
          nextToTake += 1
          if case .failure = result { isClosed = true }
          condition.broadcast()
          return result
        }
        condition.wait()
      }
    }
  }
}
