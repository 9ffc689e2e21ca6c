import Foundation

/// The batches of an epoch in order, prepared by background threads while earlier ones are in use.
///
/// Each thread makes one batch at a time. At most `workers + 1` batches are being made or are ready. The threads end
/// after the last batch, after an error, and when the stream is released. They are not the threads of `parallelFor`.
public final class BatchStream {
  private let exchange: BatchExchange
  private let now: () -> ContinuousClock.Instant
  /// How long ``next()`` has waited for batches so far: close to zero unless loading is slower than training.
  public private(set) var waitingTime = Duration.zero

  /// Starts the threads.
  ///
  /// - Parameters:
  ///   - count: the number of batches, or the largest number.
  ///   - workers: the number of threads.
  ///   - now: the time, for ``waitingTime``.
  ///   - make: makes a batch; `nil` behind the last one.
  package init(
    count: Int, workers: Int, now: @escaping () -> ContinuousClock.Instant = { .now },
    make: @escaping @Sendable (_ index: Int) throws -> Batch?
  ) {
    let exchange = BatchExchange(count: count, capacity: workers + 1)
    self.exchange = exchange
    self.now = now
    for _ in 0..<min(workers, count) {
      let thread = Thread {
        while let index = exchange.claim() { exchange.finish(index, Result { try make(index) }) }
      }
      thread.name = "kilim-batches"
      thread.start()
    }
  }

  deinit {
    exchange.close()
  }

  /// The next batch, or nil after the last. Waits until it is ready.
  ///
  /// - Throws: the error of the data set, once, instead of the batch; no batch follows.
  public func next() throws -> Batch? {
    let start = now()
    let result = exchange.take()
    waitingTime += now() - start
    return try result?.get()
  }
}
