/// Follows a training, and may stop it.
///
/// One callback may be given to several calls of `fit`: what it remembers begins anew in
/// ``trainingBegan(_:)``. Only a training that goes on from a checkpoint gets its state back, by
/// ``restore(from:)``, so that it makes the same decisions as one that was never interrupted.
public protocol Callback: AnyObject {
  /// Called once, before anything else of a call of `fit`. State of an earlier training must be forgotten here.
  ///
  /// - Throws: what makes the training impossible, such as a figure that it does not have.
  func trainingBegan(_ start: TrainingStart) throws
  /// Called after ``restore(from:)``, once, when the training goes on from a checkpoint.
  func trainingResumed(_ report: ResumeReport) throws
  /// Called before the first batch of an epoch; not for an epoch that is resumed in its middle.
  func epochBegan(_ epoch: Int) throws
  /// Called after each batch. The epoch of a batch that stops the training does not enter the history.
  func batchEnded(_ report: BatchReport) throws -> TrainingDecision
  /// Called after each epoch with its figures and the history, which has them already.
  func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision
  /// Called for each warning. `fit` prints it to the standard error too.
  func warned(_ warning: String)
  /// Called once when `fit` ends, on every way out, errors included, after the last checkpoint.
  func trainingEnded(_ end: TrainingEnd) throws
  /// Puts into `state` what the callback needs to go on in another process.
  func save(to state: inout SavedState) throws
  /// Takes back what ``save(to:)`` has put there. Called after ``trainingBegan(_:)``, and only when there is something.
  ///
  /// - Throws: ``SavedStateError`` when it makes no sense.
  func restore(from state: SavedState) throws
}

/// Whether a training goes on.
public enum TrainingDecision: Hashable, Sendable {
  /// Go on to the next batch or epoch.
  case proceed
  /// Make no more steps for now; `fit` returns the history so far. Resumed from its checkpoint, the training goes on.
  case pause
  /// Make no more steps: the training is over, also when it is resumed. `fit` returns the history so far.
  case stop

  /// The decision of several callbacks: one that stops outweighs one that pauses.
  init(_ decisions: [TrainingDecision]) {
    self = decisions.contains(.stop) ? .stop : decisions.contains(.pause) ? .pause : .proceed
  }
}

/// How a call of `fit` ends.
public enum TrainingEnd {
  /// After its last epoch.
  case finished
  /// A callback stopped it for good.
  case stopped
  /// A callback paused it. It can go on from its checkpoint.
  case paused
  /// By an error, which `fit` throws.
  case failed(any Error)
}

extension Callback {
  /// Does nothing.
  public func trainingBegan(_ start: TrainingStart) throws {}
  /// Does nothing.
  public func trainingResumed(_ report: ResumeReport) throws {}
  /// Does nothing.
  public func epochBegan(_ epoch: Int) throws {}
  /// Goes on.
  public func batchEnded(_ report: BatchReport) throws -> TrainingDecision { .proceed }
  /// Goes on.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision { .proceed }
  /// Does nothing.
  public func warned(_ warning: String) {}
  /// Does nothing.
  public func trainingEnded(_ end: TrainingEnd) throws {}
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
