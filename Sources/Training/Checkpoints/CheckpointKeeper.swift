import Dispatch

/// Keeps the checkpoints of one training: knows when one is due, and has it written while training goes on.
final class CheckpointKeeper {
  private let settings: Checkpoints
  private let folder: CheckpointFolder
  private let writer = BackgroundWork(label: "kilim-checkpoints")
  private var lastSaved = ContinuousClock.now

  /// Makes the folder.
  init(_ settings: Checkpoints) throws {
    self.settings = settings
    folder = CheckpointFolder(settings.folder)
    try folder.prepare()
  }

  /// The newest whole checkpoint, its path, and the errors of newer ones; `nil` when the training begins anew, for which
  /// the checkpoints of earlier ones are removed where that is wished.
  ///
  /// - Parameter limit: the largest file to take, in bytes.
  func newest(limit: Int) throws -> (path: String, state: SavedState, damaged: [String])? {
    guard settings.resume else {
      try folder.clear()
      return nil
    }
    return try folder.newestWhole(limit: limit)
  }

  /// Whether a checkpoint is due in the middle of an epoch, after so many steps since the beginning.
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
    settings.keepBest.map { Monitor(name: $0).isBestLast(of: history) } ?? false
  }

  /// Begins to write a checkpoint, once the one before is written.
  ///
  /// The tensors are those of the training, shared: what it changes before they are written is copied first.
  ///
  /// - Parameters:
  ///   - state: the content.
  ///   - step: how many steps were made since the beginning.
  ///   - history: the finished epochs, where one has just ended; `nil` in the middle of one.
  /// - Throws: what stood in the way of an earlier one.
  func save(_ state: SavedState, step: Int, history: History?) throws {
    let file = CheckpointFile(step: step, isBest: history.map(isBest) ?? false)
    try writer.begin { [folder, keepLast = settings.keepLast] in
      try folder.write(state, as: file, keepLast: keepLast)
    }
    lastSaved = ContinuousClock.now
  }

  /// Throws what stood in the way of a checkpoint.
  func check() throws { try writer.check() }

  /// Waits until no file is being written.
  func wait() { writer.wait() }
}
