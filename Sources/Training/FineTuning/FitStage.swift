import NN
import Serialization

/// The stage of a fine-tuning that a call of `fit` trains.
struct FitStage {
  let tuning: FineTuning
  /// The number of the stage, from 0.
  let index: Int
  /// Where the stage begins: after the epochs of the stages before it.
  let start: TrainingProgress
  /// Whether the stage may continue from a checkpoint.
  let resumes: Bool
}

extension FitStage {
  /// Which stage it is, and where it begins.
  struct Place: Codable {
    let index: Int
    let start: TrainingProgress
  }

  /// The stage that the newest checkpoint of a folder belongs to; `nil` if there is none, or one of a training without
  /// stages, which `fit` refuses.
  ///
  /// - Parameter limit: the largest file to read, in bytes.
  /// - Throws: ``CheckpointError``.
  static func newest(in checkpoints: Checkpoints, _ tuning: FineTuning, limit: Int) throws -> Place? {
    guard checkpoints.resume, checkpoints.newest != nil else { return nil }
    guard let found = try CheckpointFolder(checkpoints.folder).newestWhole(limit: limit) else { return nil }
    let progress: TrainingProgress
    do {
      progress = try found.state.value(for: "progress")
    } catch {
      throw CheckpointError.unusable(path: found.path, reason: "\(error)")
    }
    guard let stage = progress.history.stages.last else { return nil }
    let index = progress.history.stages.count - 1
    // Of other stages: the loop compares them, and says what differs.
    guard tuning.stages.indices.contains(index), (0...progress.history.epochs.count).contains(stage.firstEpoch) else {
      return nil
    }
    var start = TrainingProgress(firstEpoch: 0, earlierEpochs: progress.earlierEpochs)
    start.epoch = stage.firstEpoch
    return Place(index: index, start: start)
  }
}
