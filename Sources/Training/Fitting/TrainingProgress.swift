import Data

/// The progress of a training.
struct TrainingProgress: Codable {
  /// The number of the first epoch.
  var firstEpoch = 0
  /// The number of epochs of earlier trainings of the model. It is added to the number of an epoch for its random
  /// numbers.
  var earlierEpochs = 0
  /// The number of the current or next epoch.
  var epoch = 0
  /// The number of its finished batches. If all are finished, the epoch has not been measured yet.
  var batch = 0
  /// The number of steps of the finished epochs, where the data does not say how many an epoch has.
  var finishedSteps: Int?
  /// The finished epochs.
  var history = History()
  /// Whether a callback has stopped the training for good.
  var isOver = false
  /// Whether it has stopped since its loss or a gradient is not finite.
  var hasDiverged = false

  /// Makes the progress of a training that begins.
  init(firstEpoch: Int, earlierEpochs: Int) {
    self.firstEpoch = firstEpoch
    self.earlierEpochs = earlierEpochs
    epoch = firstEpoch
  }

  /// Makes the progress of a stage that follows others, whose epochs are in the history.
  init(earlierEpochs: Int, history: History) {
    self.earlierEpochs = earlierEpochs
    self.history = history
    epoch = history.epochs.count
  }

  /// The number that decides the random numbers of the current epoch.
  var randomEpoch: Int { earlierEpochs + epoch }

  /// The number of epochs that have begun since the model was made.
  var begunEpochs: Int { randomEpoch + (batch > 0 ? 1 : 0) }

  /// The number of steps since the beginning of the first epoch.
  ///
  /// - Parameter batchCount: the number of batches in an epoch.
  func stepCount(batchCount: Int) -> Int {
    // An epoch that never ends may have any number of batches.
    min(finishedSteps ?? saturatingProduct(epoch - firstEpoch, batchCount), 1 << 62) + batch
  }

  /// Throws unless these numbers are possible for a training with `batchCount` batches in an epoch.
  func check(batchCount: Int) throws(SavedStateError) {
    guard (0..<1 << 30).contains(firstEpoch), (0..<1 << 30).contains(earlierEpochs),
      epoch == firstEpoch + history.epochs.count,
      history.epochs.enumerated().allSatisfy({ firstEpoch + $0 == $1.epoch })
    else {
      throw SavedStateError(name: "progress", reason: "epoch \(epoch) with \(history.epochs.count) finished ones")
    }
    guard (0...min(batchCount, 1 << 40)).contains(batch), (0...1 << 60).contains(finishedSteps ?? 0) else {
      throw SavedStateError(name: "progress", reason: "batch \(batch) of \(batchCount)")
    }
  }
}

extension TrainingProgress {
  private enum CodingKeys: CodingKey {
    case firstEpoch, earlierEpochs, epoch, batch, finishedSteps, history, isOver, hasDiverged
  }

  /// Reads the progress. Checkpoints of earlier versions do not have the first two numbers, and not whether it has diverged.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    firstEpoch = try container.decodeIfPresent(Int.self, forKey: .firstEpoch) ?? 0
    earlierEpochs = try container.decodeIfPresent(Int.self, forKey: .earlierEpochs) ?? 0
    epoch = try container.decode(Int.self, forKey: .epoch)
    batch = try container.decode(Int.self, forKey: .batch)
    finishedSteps = try container.decodeIfPresent(Int.self, forKey: .finishedSteps)
    history = try container.decode(History.self, forKey: .history)
    isOver = try container.decode(Bool.self, forKey: .isOver)
    hasDiverged = try container.decodeIfPresent(Bool.self, forKey: .hasDiverged) ?? false
  }
}
