import Synchronization

/// Pauses a training after the current batch, when asked to: from another thread, or by the handler of a signal.
///
/// With ``Checkpoints`` the training goes on from there the next time. A request that comes before a training begins
/// pauses it after its first batch. It is used up when that call of `fit` returns, so the same object serves the next
/// one.
public final class StopRequest: Callback, Sendable {
  private let isRequested = Atomic(false)

  /// Makes a callback that lets training go on until ``stop()`` is called.
  public init() {}

  /// Asks for the stop.
  public func stop() {
    isRequested.store(true, ordering: .relaxed)
  }

  /// Pauses when a stop was asked for.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision {
    isRequested.load(ordering: .relaxed) ? .pause : .proceed
  }

  /// Forgets the request.
  public func trainingEnded(_ end: TrainingEnd) {
    isRequested.store(false, ordering: .relaxed)
  }
}
