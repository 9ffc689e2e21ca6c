import Optim
import Synchronization

/// Changes the learning rate of a training, on request from another thread, after the current step.
///
/// When `fit` returns, a request that no step has followed is reset, so the same object can be used again.
///
/// ```swift
/// let request = LearningRateRequest()
/// // In another task: request.scale(by: 0.5)
/// ```
///
/// `@unchecked Sendable` since the optimizer is used by the thread that trains only.
public final class LearningRateRequest: Callback, @unchecked Sendable {
  private let factor = Mutex(1.0)
  private var optimizer: (any Optimizer)?

  /// Makes a callback that changes nothing until ``scale(by:)`` is called.
  public init() {}

  /// Requests that the rate of all steps from the next one on is multiplied by a factor. Several requests are multiplied.
  public func scale(by factor: Double) {
    self.factor.withLock { $0 *= factor }
  }

  /// Finds the optimizer.
  public func trainingBegan(_ start: TrainingStart) {
    optimizer = start.optimizer
  }

  /// Changes the rate if it was requested. A rate that would not be a finite number of 0 or more stays as it is.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision {
    let factor = factor.withLock { requested in
      let factor = requested
      requested = 1
      return factor
    }
    if factor != 1, let optimizer {
      let new = optimizer.learningRate.scaled(by: factor)
      if new.isSound { optimizer.learningRate = new }
    }
    return .proceed
  }

  /// Resets the request: it is for the steps of this training.
  public func trainingEnded(_ end: TrainingEnd) {
    factor.withLock { $0 = 1 }
  }
}
