import Dispatch
import Serialization

/// Manages the checkpoints of one training: decides when one is due, and writes it in the background. It owns the
/// folder until it is closed.
final class CheckpointKeeper {
  private let settings: Checkpoints
  private let folder: CheckpointFolder
  private let writer = BackgroundWork(label: "kilim-checkpoints")
  private var lastSaved = ContinuousClock.now
  private let lock: FolderLock
  private var monitor: Monitor?

  /// Makes and locks the folder.
  init(_ settings: Checkpoints) throws {
    self.settings = settings
    folder = CheckpointFolder(settings.folder)
    lock = try folder.prepare()
  }

  /// Finds the figure that decides which epoch is the best.
  ///
  /// - Throws: ``FitError`` when the training has no such figure, or it is not known whether it should rise or fall.
  func begin(_ start: TrainingStart) throws {
    monitor = try settings.keepBest.map { name in
      try Monitor(name: name, mode: settings.mode, owner: "Checkpoints(keepBest:)", start, warns: settings.choosesBest)
    }
  }

  /// The newest undamaged checkpoint, its path, and the errors of newer ones; `nil` if the training starts from the
  /// beginning. Without `resume`, existing checkpoints are removed.
  ///
  /// - Parameter limit: the largest file to read, in bytes.
  func newest(limit: Int) throws -> (path: String, state: SavedState, damaged: [String])? {
    guard settings.resume else {
      try folder.clear()
      return nil
    }
    return try folder.newestWhole(limit: limit)
  }

  /// Whether a checkpoint is due in the middle of an epoch, after `step` steps since the beginning.
  func isDue(step: Int) -> Bool {
    switch settings.interval {
    case .epochs: false
    case .steps(let count): step % count == 0
    case .seconds(let seconds): (ContinuousClock.now - lastSaved) / .seconds(1) >= seconds
    }
  }

  /// Whether a checkpoint is due at the end of an epoch.
  func isDue(step: Int, history: History) -> Bool {
    if case .epochs(let count) = settings.interval { return history.epochs.count % count == 0 || isBest(history) }
    return isDue(step: step) || isBest(history)
  }

  private func isBest(_ history: History) -> Bool {
    monitor?.isBestLast(of: history) ?? false
  }

  /// Waits until the checkpoint before is written, and starts to write a new one.
  ///
  /// The tensors are shared with the training. If the training changes a tensor that is not yet written, it changes a
  /// copy.
  ///
  /// - Parameters:
  ///   - state: the content.
  ///   - step: the number of steps since the beginning.
  ///   - history: the finished epochs when one has just ended; `nil` in the middle of one.
  /// - Throws: the error of an earlier checkpoint that could not be written.
  func save(_ state: SavedState, step: Int, history: History?) throws {
    let file = CheckpointFile(step: step, isBest: history.map(isBest) ?? false)
    try writer.begin { [folder, keepLast = settings.keepLast] in
      try folder.write(state, as: file, keepLast: keepLast)
    }
    lastSaved = ContinuousClock.now
  }

  /// Throws the error of a checkpoint that could not be written.
  func check() throws { try writer.check() }

  /// Waits until no file is being written.
  func wait() { writer.wait() }

  /// Waits, and unlocks the folder.
  func close() {
    wait()
    lock.release()
  }
}
