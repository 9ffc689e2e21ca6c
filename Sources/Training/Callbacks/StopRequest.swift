import Synchronization

/// Pauses a training after the current batch, on request from another thread or from a signal handler.
///
/// With ``Checkpoints``, the training can continue from there later. A request before a training begins pauses it after
/// its first batch. When `fit` returns, the request is reset, so the same object can be used again.
public final class StopRequest: Callback, Sendable {
  private let isRequested = Atomic(false)

  /// Makes a callback that lets training go on until ``stop()`` is called.
  public init() {}

  /// Requests the pause.
  public func stop() {
    isRequested.store(true, ordering: .relaxed)
  }

  /// Pauses if it was requested.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision {
    isRequested.load(ordering: .relaxed) ? .pause : .proceed
  }

  /// Pauses if it was requested while the model was measured.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    isRequested.load(ordering: .relaxed) ? .pause : .proceed
  }

  /// Resets the request.
  public func trainingEnded(_ end: TrainingEnd) {
    isRequested.store(false, ordering: .relaxed)
  }
}
