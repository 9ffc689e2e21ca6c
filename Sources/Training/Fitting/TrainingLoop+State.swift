import Data
import NN

// A checkpoint holds the state of a training: the description of the run, its progress, the model and the optimizer,
// the metadata of the model, and the states of callbacks.

extension TrainingLoop {
  /// Continues from the newest undamaged checkpoint, if there is one.
  ///
  /// - Returns: the state in the checkpoint.
  func resume(epochs: Int) throws -> SavedState? {
    guard options.resumes,
      let found = try checkpoints?.newest(
        limit: TrainingStep.largestCheckpoint(of: step.model, ranks: distribution?.size ?? 1))
    else { return nil }
    let report: ResumeReport
    do {
      let differences = try description?.differences(from: found.state.value(for: "run")) ?? []
      guard differences.isEmpty else { throw CheckpointError.otherRun(path: found.path, differences: differences) }
      let saved: TrainingProgress = try found.state.value(for: "progress")
      try saved.check(batchCount: loader.batchCount)
      guard saved.epoch + (saved.batch > 0 ? 1 : 0) <= epochs else {
        throw CheckpointError.epochs(path: found.path, begun: saved.epoch + (saved.batch > 0 ? 1 : 0), expected: epochs)
      }
      let examples = min(saturatingProduct(saved.batch, loader.batchSize), loader.dataset.count)
      try step.restore(from: found.state, examples: examples)
      try restoreCallbacks(from: found.state)
      progress = saved
      report = ResumeReport(
        path: found.path, epoch: saved.epoch, batch: saved.batch,
        step: saved.stepCount(batchCount: loader.batchCount), examples: examples,
        isOver: saved.isOver || saved.epoch >= epochs, history: saved.history, damaged: found.damaged)
    } catch let error as CheckpointError {
      throw error
    } catch {
      throw CheckpointError.unusable(path: found.path, reason: "\(error)")
    }
    // A part of the training is repeated, so it is a warning, which is shown also where the progress is not.
    for problem in report.damaged { warn("a damaged checkpoint is skipped: \(problem)") }
    for callback in callbacks { try callback.trainingResumed(report) }
    return found.state
  }

  /// - Parameter history: the finished epochs, if an epoch has just ended.
  func save(history: History?) throws {
    let ranks = try statesOfRanks()
    try onLeader { try save(ranks, history) }
  }

  private func save(_ ranks: [SavedState], _ history: History?) throws {
    guard let checkpoints else { return }
    var state = SavedState()
    try state.set(description, for: "run")
    try state.set(progress, for: "progress")
    try step.save(to: &state)
    try state.add(ranks)
    if let model = step.model as? Model { try state.set(model.metadata, for: modelMetadataKey) }
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

  /// Callbacks are found by their types, so callbacks without a state may be added or removed.
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
}
