import Tensor

/// Follows a training, an evaluation or a prediction. It may stop a training.
///
/// The events come in the order of Keras: the training begins; each epoch begins, each of its batches begins and ends, the
/// validation begins, each of its batches begins and ends, the validation ends, the epoch ends; the training ends. All
/// callbacks get an event, in their order, before the next event.
///
/// **Model, optimizer, rate.** ``TrainingStart`` has the model and the optimizer; keep it for the later events. A callback
/// may set `optimizer.learningRate`; `.constant(rate)` is for all steps from then on. It may change the weights between
/// steps too.
///
/// **`evaluate` and `predict`.** They take callbacks too, and announce events of their own: the evaluation begins, each of its
/// batches begins and ends, the evaluation ends; the same for a prediction. The validation of a training announces the events
/// of the validation only.
///
/// The same callback may be used in several calls of `fit`: it resets its state in ``trainingBegan(_:)``. If a training
/// continues from a checkpoint, ``restore(from:)`` gives the callback its state back, so that it makes the same
/// decisions as in an uninterrupted training.
public protocol Callback: AnyObject {
  /// Called once at the beginning of `fit`. The callback must reset its state here.
  ///
  /// - Throws: an error if the training is impossible, for example if it does not have a figure that the callback
  ///   needs.
  func trainingBegan(_ start: TrainingStart) throws
  /// Called once after ``restore(from:)``, if the training continues from a checkpoint.
  func trainingResumed(_ report: ResumeReport) throws
  /// Called before the first batch of an epoch. Not called for an epoch that is resumed in the middle.
  func epochBegan(_ epoch: Int) throws
  /// Called before the step on each batch.
  func batchBegan(_ start: BatchStart) throws
  /// Called after the step on each batch. If it stops the training, the unfinished epoch is not part of the history.
  func batchEnded(_ report: BatchReport) throws -> TrainingDecision
  /// Called before the model is measured on the validation data, after the last batch of an epoch. Not called without
  /// validation data.
  func validationBegan(_ epoch: Int) throws
  /// Called before the model is measured on a batch of the validation data.
  func validationBatchBegan(_ batch: ValidationBatch) throws
  /// Called after the model was measured on a batch of the validation data.
  func validationBatchEnded(_ batch: ValidationBatch) throws
  /// Called with the result on the validation data, before ``epochEnded(_:history:)``.
  func validationEnded(_ epoch: Int, _ evaluation: OutputEvaluations) throws
  /// Called after each epoch, with the figures of the epoch and the history, which already contains them.
  func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision
  /// Called once at the beginning of `evaluate`, after its arguments are checked.
  func evaluationBegan(_ start: InferenceStart) throws
  /// Called before the model is measured on a batch of `evaluate`.
  func evaluationBatchBegan(_ batch: InferenceBatch) throws
  /// Called after the model was measured on a batch of `evaluate`.
  func evaluationBatchEnded(_ batch: InferenceBatch) throws
  /// Called with the result of `evaluate`. Not called if it ends with an error.
  func evaluationEnded(_ evaluation: OutputEvaluations) throws
  /// Called once at the beginning of `predict`, after its arguments are checked.
  func predictionBegan(_ start: InferenceStart) throws
  /// Called before the outputs for a batch of `predict` are computed.
  func predictionBatchBegan(_ batch: InferenceBatch) throws
  /// Called with the outputs `[B, …]` for a batch of `predict`, one for each output of the model.
  func predictionBatchEnded(_ batch: InferenceBatch, outputs: [Tensor<Float>]) throws
  /// Called after the last batch of `predict`. Not called if it ends with an error.
  func predictionEnded() throws
  /// Called for each warning. `fit` prints it to the standard error too.
  func warned(_ warning: String)
  /// Called once when `fit` ends, after the last checkpoint; also if it ends with an error.
  func trainingEnded(_ end: TrainingEnd) throws
  /// Stores in `state` everything that the callback needs to continue in another process.
  func save(to state: inout SavedState) throws
  /// Restores what ``save(to:)`` has stored. Called after ``trainingBegan(_:)``, and only if something was stored.
  ///
  /// - Throws: ``SavedStateError`` if a value is missing or invalid.
  func restore(from state: SavedState) throws
}

/// Whether a training continues.
public enum TrainingDecision: Hashable, Codable, Sendable {
  /// Continue with the next batch or epoch.
  case proceed
  /// Stop for now; `fit` returns the history so far. The training can be resumed from its checkpoint.
  case pause
  /// End the training for good; resuming it makes no more steps. `fit` returns the history so far.
  case stop

  /// The common decision of several callbacks: stopping has priority over pausing.
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
  /// With an error, which `fit` throws.
  case failed(any Error)
}

extension Callback {
  /// Does nothing.
  public func trainingBegan(_ start: TrainingStart) throws {}
  /// Does nothing.
  public func trainingResumed(_ report: ResumeReport) throws {}
  /// Does nothing.
  public func epochBegan(_ epoch: Int) throws {}
  /// Does nothing.
  public func batchBegan(_ start: BatchStart) throws {}
  /// Goes on.
  public func batchEnded(_ report: BatchReport) throws -> TrainingDecision { .proceed }
  /// Does nothing.
  public func validationBegan(_ epoch: Int) throws {}
  /// Does nothing.
  public func validationBatchBegan(_ batch: ValidationBatch) throws {}
  /// Does nothing.
  public func validationBatchEnded(_ batch: ValidationBatch) throws {}
  /// Does nothing.
  public func validationEnded(_ epoch: Int, _ evaluation: OutputEvaluations) throws {}
  /// Goes on.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision { .proceed }
  /// Does nothing.
  public func evaluationBegan(_ start: InferenceStart) throws {}
  /// Does nothing.
  public func evaluationBatchBegan(_ batch: InferenceBatch) throws {}
  /// Does nothing.
  public func evaluationBatchEnded(_ batch: InferenceBatch) throws {}
  /// Does nothing.
  public func evaluationEnded(_ evaluation: OutputEvaluations) throws {}
  /// Does nothing.
  public func predictionBegan(_ start: InferenceStart) throws {}
  /// Does nothing.
  public func predictionBatchBegan(_ batch: InferenceBatch) throws {}
  /// Does nothing.
  public func predictionBatchEnded(_ batch: InferenceBatch, outputs: [Tensor<Float>]) throws {}
  /// Does nothing.
  public func predictionEnded() throws {}
  /// Does nothing.
  public func warned(_ warning: String) {}
  /// Does nothing.
  public func trainingEnded(_ end: TrainingEnd) throws {}
  /// Keeps nothing.
  public func save(to state: inout SavedState) throws {}
  /// Does nothing.
  public func restore(from state: SavedState) throws {}
}
