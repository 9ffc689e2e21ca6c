/// Is told how a training goes on, and may stop it.
///
/// What a callback remembers from epoch to epoch and decides by, it puts into checkpoints, so that a training that goes
/// on in another process takes the same decisions.
public protocol Callback: AnyObject {
  /// Called first, and once, when the training goes on from a checkpoint.
  func trainingResumed(_ report: ResumeReport) throws
  /// Called before the first batch of an epoch, numbered from 0; not for an epoch that is resumed in its middle.
  func epochBegan(_ epoch: Int) throws
  /// Called after each batch. The epoch of a batch that stops the training does not enter the history.
  func batchEnded(_ report: BatchReport) throws -> TrainingDecision
  /// Called after each epoch with its figures and the history, which has them already.
  func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision
  /// Called once when the training is over, after its last checkpoint; not when it is paused.
  func trainingEnded() throws
  /// Puts into `state` what the callback needs to go on in another process.
  func save(to state: inout SavedState) throws
  /// Takes up what ``save(to:)`` has put there. Called before ``trainingResumed(_:)``, and only where something was.
  ///
  /// - Throws: ``SavedStateError`` when it makes no sense.
  func restore(from state: SavedState) throws
}

/// Whether a training goes on.
public enum TrainingDecision: Hashable, Sendable {
  /// On to the next batch or epoch.
  case proceed
  /// No more steps for now; `fit` returns the history so far. Resumed from its checkpoint the training goes on.
  case pause
  /// No more steps: the training is over, also when it is resumed. `fit` returns the history so far.
  case stop

  /// What several callbacks want: over is over, whoever else would pause.
  init(_ decisions: [TrainingDecision]) {
    self = decisions.contains(.stop) ? .stop : decisions.contains(.pause) ? .pause : .proceed
  }
}

extension Callback {
  /// Does nothing.
  public func trainingResumed(_ report: ResumeReport) throws {}
  /// Does nothing.
  public func epochBegan(_ epoch: Int) throws {}
  /// Goes on.
  public func batchEnded(_ report: BatchReport) throws -> TrainingDecision { .proceed }
  /// Goes on.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision { .proceed }
  /// Does nothing.
  public func trainingEnded() throws {}
  /// Keeps nothing.
  public func save(to state: inout SavedState) throws {}
  /// Does nothing.
  public func restore(from state: SavedState) throws {}
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
