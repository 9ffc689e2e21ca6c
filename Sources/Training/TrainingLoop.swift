import Data

/// The epochs of one call of `fit`, from where the training stands to its end.
final class TrainingLoop {
  let loader: BatchLoader
  let step: TrainingStep
  let callbacks: [any Callback]
  private let measure: () throws -> Figures?
  let checkpoints: CheckpointKeeper?
  let description: RunDescription?
  var progress = TrainingProgress()

  /// - Parameters:
  ///   - loader: the batches of each epoch.
  ///   - step: what is done with one.
  ///   - callbacks: are told of batches and epochs.
  ///   - measure: what is measured after an epoch.
  ///   - checkpoints: where the state is kept; `nil` for nowhere.
  ///   - describe: what the checkpoints belong to.
  init(
    loader: BatchLoader, step: TrainingStep, callbacks: [any Callback], measure: @escaping () throws -> Figures?,
    checkpoints: Checkpoints?, describe: () throws -> RunDescription
  ) throws {
    self.loader = loader
    self.step = step
    self.callbacks = callbacks
    self.measure = measure
    self.checkpoints = try checkpoints.map(CheckpointKeeper.init)
    description = try checkpoints.map { _ in try describe() }
  }

  /// The number of steps since the beginning of the first epoch.
  var stepCount: Int { progress.epoch * loader.batchCount + progress.batch }

  /// Trains up to the given number of epochs.
  func run(epochs: Int) throws -> History {
    defer { checkpoints?.wait() }
    try resume(epochs: epochs)
    while !progress.isOver && progress.epoch < epochs {
      var decision = try trainEpoch()
      if decision == .proceed { decision = try endEpoch(isLast: progress.epoch + 1 == epochs) }
      if decision == .pause && progress.epoch < epochs {
        try finishWriting()
        return progress.history.stopped()
      }
    }
    try finishWriting()
    for callback in callbacks { try callback.trainingEnded() }
    return progress.epoch < epochs ? progress.history.stopped() : progress.history
  }

  /// Trains on the batches of the epoch under way that are left.
  private func trainEpoch() throws -> TrainingDecision {
    if progress.batch == 0 {
      step.beginEpoch()
      for callback in callbacks { try callback.epochBegan(progress.epoch) }
    }
    let batches = loader.batches(epoch: progress.epoch, startingAt: progress.batch)
    while let batch = try batches.next() {
      try step.train(on: batch)
      progress.batch += 1
      let report = BatchReport(epoch: progress.epoch, examples: step.examples, figures: step.figures)
      // Every callback is asked, also after one that wants to stop.
      let decision = TrainingDecision(try callbacks.map { try $0.batchEnded(report) })
      progress.isOver = decision == .stop
      try checkpoints?.check()
      // After the last batch there is a better moment soon.
      let isDue = progress.batch < loader.batchCount && checkpoints?.isDue(step: stepCount) == true
      if isDue || decision != .proceed { try save(history: nil) }
      if decision != .proceed { return decision }
    }
    return .proceed
  }

  /// Measures the epoch, all of whose batches are done.
  private func endEpoch(isLast: Bool) throws -> TrainingDecision {
    let report = EpochReport(epoch: progress.epoch, training: step.figures, validation: try measure())
    progress.history.append(report)
    let decision = TrainingDecision(try callbacks.map { try $0.epochEnded(report, history: progress.history) })
    progress.isOver = decision == .stop
    progress.epoch += 1
    progress.batch = 0
    let isDue = checkpoints?.isDue(step: stepCount, history: progress.history) == true
    if isDue || isLast || decision != .proceed { try save(history: progress.history) }
    return decision
  }

  private func finishWriting() throws {
    checkpoints?.wait()
    try checkpoints?.check()
  }
}
