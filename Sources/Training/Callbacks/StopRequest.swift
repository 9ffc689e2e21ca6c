import Synchronization

/// Pauses a training after the current batch or epoch, on request from another thread or from a signal handler.
///
/// With ``Checkpoints``, the training can continue from there later. A request before a training begins pauses it after
/// its first batch. When `fit` returns, the request is reset, so the same object can be used again.
public final class StopRequest: Callback, Sendable {
  /// What is requested.
  public enum Moment: Int, Sendable {
    /// Nothing: the training goes on.
    case never
    /// After the current epoch.
    case afterEpoch
    /// After the current batch.
    case afterBatch
  }

  private let request = Atomic(Moment.never.rawValue)

  /// Makes a callback that lets training go on until ``stop()`` or ``stopAfterEpoch()`` is called.
  public init() {}

  /// Requests the pause after the current batch.
  public func stop() {
    request.store(Moment.afterBatch.rawValue, ordering: .relaxed)
  }

  /// Requests the pause after the current epoch. An earlier request for after the batch stays.
  public func stopAfterEpoch() {
    request.max(Moment.afterEpoch.rawValue, ordering: .relaxed)
  }

  /// Takes back a request.
  public func cancel() {
    request.store(Moment.never.rawValue, ordering: .relaxed)
  }

  /// What is requested.
  public var requested: Moment { Moment(rawValue: request.load(ordering: .relaxed)) ?? .never }

  /// Pauses if it was requested.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision {
    requested == .afterBatch ? .pause : .proceed
  }

  /// Pauses if it was requested, also while the model was measured.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    requested == .never ? .proceed : .pause
  }

  /// Resets the request.
  public func trainingEnded(_ end: TrainingEnd) {
    cancel()
  }
}
