/// Is told how a training goes on, and may stop it.
public protocol Callback: AnyObject {
  /// Called before the first batch of an epoch, numbered from 0.
  func epochBegan(_ epoch: Int) throws
  /// Called after each batch. The epoch of a batch that stops the training does not enter the history.
  func batchEnded(_ report: BatchReport) throws -> TrainingDecision
  /// Called after each epoch with its figures and the history, which has them already.
  func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision
}

/// Whether a training goes on.
public enum TrainingDecision: Hashable, Sendable {
  /// On to the next batch or epoch.
  case proceed
  /// No more steps; `fit` returns the history so far.
  case stop
}

extension Callback {
  /// Does nothing.
  public func epochBegan(_ epoch: Int) throws {}
  /// Goes on.
  public func batchEnded(_ report: BatchReport) throws -> TrainingDecision { .proceed }
  /// Goes on.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision { .proceed }
}

/// A callback made of a closure that is called after each epoch.
public final class EpochCallback: Callback {
  private let body: (EpochReport) throws -> TrainingDecision

  /// Makes a callback; the closure decides whether training goes on.
  public init(_ body: @escaping (EpochReport) throws -> TrainingDecision) {
    self.body = body
  }

  /// Calls the closure.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    try body(report)
  }
}
