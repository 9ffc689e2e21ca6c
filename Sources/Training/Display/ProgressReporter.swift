import NN

/// Tells a renderer where a training stands.
final class ProgressReporter: Callback {
  private let renderer: any ProgressRenderer
  /// The time in seconds; tests give their own.
  private let now: () -> Double
  private var snapshot = TrainingSnapshot()
  private var (start, epochStart) = (0.0, 0.0)
  /// The number of examples of the epoch that were trained on before the training was resumed.
  private var examplesBefore = 0
  private var wholeEpochs = (count: 0, seconds: 0.0)
  /// The number of validation examples, once a validation has counted them.
  private var validationCount: Int?
  /// Every so many-th batch loss is kept.
  private var lossInterval = 1

  init(_ renderer: any ProgressRenderer, now: @escaping () -> Double = Stopwatch().read) {
    (self.renderer, self.now) = (renderer, now)
  }

  func trainingBegan(_ start: TrainingStart) {
    snapshot = TrainingSnapshot()
    snapshot.epoch = start.firstEpoch
    snapshot.epochs = start.epochs
    snapshot.exampleCount = start.exampleCount == .max ? nil : start.exampleCount
    validationCount = nil
    let shapes = (start.model as? Model)?.inputShapes ?? []
    snapshot.exampleWord = shapes.contains { $0.rank == 3 } ? "images" : "examples"
    wholeEpochs = (0, 0)
    self.start = now()
    renderer.began(snapshot)
  }

  func trainingResumed(_ report: ResumeReport) {
    renderer.resumed(report)
    snapshot.history = report.history
    beginEpoch(report.epoch, examplesBefore: report.examples)
  }

  func epochBegan(_ epoch: Int) {
    beginEpoch(epoch, examplesBefore: 0)
    renderer.show(snapshot)
  }

  private func beginEpoch(_ epoch: Int, examplesBefore: Int) {
    self.examplesBefore = examplesBefore
    epochStart = now()
    lossInterval = 1
    snapshot.epoch = epoch
    snapshot.examples = examplesBefore
    (snapshot.figures, snapshot.batchLosses, snapshot.examplesPerSecond) = ([], [], 0)
    updateTimes()
  }

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    updateTimes()
    (snapshot.examples, snapshot.step, snapshot.learningRate) = (report.examples, report.step, report.learningRate)
    snapshot.figures = report.figures.sorted
    snapshot.examplesPerSecond = Double(report.examples - examplesBefore) / max(snapshot.epochSeconds, 1e-9)
    keep(report.loss, of: report.batch)
    renderer.show(snapshot)
    return .proceed
  }

  private func keep(_ loss: Double, of batch: Int) {
    guard batch % lossInterval == 0 else { return }
    snapshot.batchLosses.append(loss)
    guard snapshot.batchLosses.count > 512 else { return }
    lossInterval *= 2
    snapshot.batchLosses = snapshot.batchLosses.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }

  func validationBatchBegan(_ batch: ValidationBatch) {
    guard batch.batch == 0 else { return }
    show(batch)
  }

  func validationBatchEnded(_ batch: ValidationBatch) { show(batch) }

  private func show(_ batch: ValidationBatch) {
    updateTimes()
    snapshot.validation = (batch.examples, batch.exampleCount == .max ? validationCount : batch.exampleCount)
    renderer.show(snapshot)
  }

  func validationEnded(_ epoch: Int, _ evaluation: OutputEvaluations) {
    validationCount = snapshot.validation?.done
    snapshot.validation = nil
    renderer.validated(evaluation.whole)
  }

  func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    updateTimes()
    snapshot.history = history
    // The first epoch of a generator counts for those after it.
    snapshot.exampleCount = snapshot.exampleCount ?? snapshot.examples
    if examplesBefore == 0 {
      wholeEpochs = (wholeEpochs.count + 1, wholeEpochs.seconds + snapshot.epochSeconds)
      snapshot.meanEpochSeconds = wholeEpochs.seconds / Double(wholeEpochs.count)
    }
    renderer.epochEnded(report, snapshot)
    return .proceed
  }

  func warned(_ warning: String) { renderer.warned(warning) }

  func trainingEnded(_ end: TrainingEnd) { renderer.ended(end) }

  private func updateTimes() {
    let time = now()
    (snapshot.seconds, snapshot.epochSeconds) = (time - start, time - epochStart)
  }
}
