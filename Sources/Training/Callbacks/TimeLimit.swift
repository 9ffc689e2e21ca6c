/// Ends a training after some time, at the end of a step.
///
/// With a limit of one call, the training is paused: the same program continues it from its ``Checkpoints``, as a job of
/// fifty minutes does that is started each hour. With a limit of the whole training it is stopped for good; the time that
/// it has taken is part of a checkpoint.
public final class TimeLimit: Callback {
  /// What the limit is for.
  public enum Scope: Hashable, Sendable {
    /// One call of `fit`.
    case call
    /// All calls that continue one training.
    case training
  }

  private let seconds: Double
  private let scope: Scope
  /// The time in seconds; tests give their own.
  private let now: () -> Double
  private var began = 0.0
  private var earlierSeconds = 0.0

  /// Makes the callback.
  ///
  /// - Parameters:
  ///   - limit: the time after which the current step is the last, such as `.seconds(3000)`.
  ///   - scope: whether one call of `fit` or the whole training takes at most this time.
  public convenience init(_ limit: Duration, of scope: Scope = .call) {
    self.init(limit.seconds, of: scope, now: Stopwatch().read)
  }

  init(_ seconds: Double, of scope: Scope, now: @escaping () -> Double) {
    (self.seconds, self.scope, self.now) = (seconds, scope, now)
  }

  /// Begins to count.
  ///
  /// - Throws: ``FitError`` if the limit is negative.
  public func trainingBegan(_ start: TrainingStart) throws {
    guard seconds >= 0 else {
      throw FitError.option("TimeLimit", reason: "the limit is \(seconds) seconds, 0 or more are needed")
    }
    (began, earlierSeconds) = (now(), 0)
  }

  /// Ends the training if the time is over.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision { decision }

  /// Ends the training if the time is over, also while the model was measured.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision { decision }

  private var decision: TrainingDecision {
    guard used >= seconds else { return .proceed }
    return scope == .call ? .pause : .stop
  }

  private var used: Double { earlierSeconds + now() - began }

  /// Stores the time that the training has taken.
  public func save(to state: inout SavedState) throws {
    if scope == .training { try state.set(used, for: "seconds") }
  }

  /// Restores what ``save(to:)`` has stored. A time of a limit of one call does not count.
  public func restore(from state: SavedState) throws {
    let seconds: Double = try state.value(for: "seconds")
    guard seconds >= 0 else { throw SavedStateError(name: "seconds", reason: "\(seconds)") }
    earlierSeconds = scope == .training ? seconds : 0
  }
}
