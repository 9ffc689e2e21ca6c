/// A callback made of closures, one for each event that matters; Keras's `LambdaCallback`.
///
/// ```swift
/// let watch = ClosureCallback(
///   batchEnded: { report in
///     if report.loss > 100 { print("batch \(report.batch): \(report.loss)") }
///     return .proceed
///   },
///   trainingEnded: { print("ended: \($0)") })
/// ```
///
/// Closures have no state in a checkpoint. Write a ``Callback`` of your own where a training continues from one.
public final class ClosureCallback: Callback {
  private let onTrainingBegan: (TrainingStart) throws -> Void
  private let onEpochBegan: (Int) throws -> Void
  private let onBatchBegan: (BatchStart) throws -> Void
  private let onBatchEnded: (BatchReport) throws -> TrainingDecision
  private let onValidationBegan: (Int) throws -> Void
  private let onValidationEnded: (Int, OutputEvaluations) throws -> Void
  private let onEpochEnded: (EpochReport, History) throws -> TrainingDecision
  private let onTrainingEnded: (TrainingEnd) throws -> Void

  /// Makes a callback. Each closure has the meaning of the function of ``Callback`` with its name.
  public init(
    trainingBegan: @escaping (TrainingStart) throws -> Void = { _ in },
    epochBegan: @escaping (_ epoch: Int) throws -> Void = { _ in },
    batchBegan: @escaping (BatchStart) throws -> Void = { _ in },
    batchEnded: @escaping (BatchReport) throws -> TrainingDecision = { _ in .proceed },
    validationBegan: @escaping (_ epoch: Int) throws -> Void = { _ in },
    validationEnded: @escaping (_ epoch: Int, OutputEvaluations) throws -> Void = { _, _ in },
    epochEnded: @escaping (EpochReport, History) throws -> TrainingDecision = { _, _ in .proceed },
    trainingEnded: @escaping (TrainingEnd) throws -> Void = { _ in }
  ) {
    (onTrainingBegan, onEpochBegan, onBatchBegan) = (trainingBegan, epochBegan, batchBegan)
    (onBatchEnded, onValidationBegan, onValidationEnded) = (batchEnded, validationBegan, validationEnded)
    (onEpochEnded, onTrainingEnded) = (epochEnded, trainingEnded)
  }

  /// Calls the closure.
  public func trainingBegan(_ start: TrainingStart) throws { try onTrainingBegan(start) }
  /// Calls the closure.
  public func epochBegan(_ epoch: Int) throws { try onEpochBegan(epoch) }
  /// Calls the closure.
  public func batchBegan(_ start: BatchStart) throws { try onBatchBegan(start) }
  /// Calls the closure.
  public func batchEnded(_ report: BatchReport) throws -> TrainingDecision { try onBatchEnded(report) }
  /// Calls the closure.
  public func validationBegan(_ epoch: Int) throws { try onValidationBegan(epoch) }
  /// Calls the closure.
  public func validationEnded(_ epoch: Int, _ evaluation: OutputEvaluations) throws {
    try onValidationEnded(epoch, evaluation)
  }
  /// Calls the closure.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    try onEpochEnded(report, history)
  }
  /// Calls the closure.
  public func trainingEnded(_ end: TrainingEnd) throws { try onTrainingEnded(end) }
}
