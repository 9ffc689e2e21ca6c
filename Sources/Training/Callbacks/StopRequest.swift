import Synchronization

/// Pauses a training after the batch under way, once asked to: from another thread, or by the handler of a signal.
///
/// With ``Checkpoints`` the training goes on from there the next time.
public final class StopRequest: Callback, Sendable {
  private let isRequested = Atomic(false)

  /// Makes a callback that lets training go on until ``stop()`` is called.
  public init() {}

  /// Asks for the stop.
  public func stop() {
    isRequested.store(true, ordering: .relaxed)
  }

  /// Pauses where a stop was asked for.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision {
    isRequested.load(ordering: .relaxed) ? .pause : .proceed
  }
}
