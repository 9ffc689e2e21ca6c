import Data

/// The epochs of one call of `fit`, from where the training stands to its end.
final class TrainingLoop {
  private let loader: BatchLoader
  private let step: TrainingStep
  private let callbacks: [any Callback]
  private let measure: () throws -> Figures?
  private let checkpoints: CheckpointKeeper?
  private let description: RunDescription?
  private var progress = TrainingProgress()

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
  private var stepCount: Int { progress.epoch * loader.batchCount + progress.batch }

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
}

// The state of a training, which is what a checkpoint holds: the description of the run, how far it has come, the step
// with model and optimizer, and the callbacks that have a state.

extension TrainingLoop {
  /// Goes on from the newest whole checkpoint, where there is one.
  private func resume(epochs: Int) throws {
    guard let found = try checkpoints?.newest(limit: step.largestCheckpoint) else { return }
    let report: ResumeReport
    do {
      let differences = try description?.differences(from: found.state.value(for: "run")) ?? []
      guard differences.isEmpty else { throw CheckpointError.otherRun(path: found.path, differences: differences) }
      let saved: TrainingProgress = try found.state.value(for: "progress")
      try saved.check(batchCount: loader.batchCount)
      guard saved.epoch <= epochs else {
        throw CheckpointError.epochs(path: found.path, finished: saved.epoch, expected: epochs)
      }
      let examples = min(saved.batch * loader.batchSize, loader.dataset.count)
      try step.restore(from: found.state, examples: examples)
      try restoreCallbacks(from: found.state)
      progress = saved
      report = ResumeReport(
        path: found.path, epoch: saved.epoch, batch: saved.batch, examples: examples, isOver: saved.isOver,
        damaged: found.damaged)
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw CheckpointError.unusable(path: found.path, reason: "\(error)")
    }
    for callback in callbacks { try callback.trainingResumed(report) }
  }

  /// - Parameter history: the finished epochs, where one has just ended.
  private func save(history: History?) throws {
    guard let checkpoints else { return }
    var state = SavedState()
    try state.set(description, for: "run")
    try state.set(progress, for: "progress")
    try step.save(to: &state)
    try saveCallbacks(to: &state)
    try checkpoints.save(state, step: stepCount, history: history)
  }

  private func saveCallbacks(to state: inout SavedState) throws {
    var names: [String] = []
    for (name, callback) in namedCallbacks {
      var part = SavedState()
      try callback.save(to: &part)
      guard !part.isEmpty else { continue }
      names.append(name)
      state.insert(part, as: "callback.\(name)")
    }
    try state.set(names, for: "callbacks")
  }

  /// Callbacks are found by their types, so that others without a state may come and go.
  private func restoreCallbacks(from state: SavedState) throws {
    for name in try state.value([String].self, for: "callbacks") {
      guard let callback = namedCallbacks.first(where: { $0.name == name })?.callback else {
        throw SavedStateError(name: "callbacks", reason: "\(name) has a state, and no such callback is given to fit")
      }
      try callback.restore(from: state.part("callback.\(name)"))
    }
  }

  /// The callbacks under the names of their types, numbered from the second of a type on.
  private var namedCallbacks: [(name: String, callback: any Callback)] {
    var counts: [String: Int] = [:]
    return callbacks.map { callback in
      let type = "\(type(of: callback))"
      counts[type, default: 0] += 1
      return (name: type + (counts[type].map { $0 > 1 ? "-\($0)" : "" } ?? ""), callback: callback)
    }
  }

  private func finishWriting() throws {
    checkpoints?.wait()
    try checkpoints?.check()
  }
}
