/// How far a training has come.
struct TrainingProgress: Codable {
  /// The number of the first epoch.
  var firstEpoch = 0
  /// What is added to the number of an epoch for its random numbers: the epochs of the model's trainings before.
  var earlierEpochs = 0
  /// The number of the epoch in progress, or of the next one.
  var epoch = 0
  /// How many of its batches are done. All of them: the epoch is still to be measured.
  var batch = 0
  /// The finished epochs.
  var history = History()
  /// Whether a callback has stopped the training for good.
  var isOver = false

  /// Makes the progress of a training that begins.
  init(firstEpoch: Int, earlierEpochs: Int) {
    self.firstEpoch = firstEpoch
    self.earlierEpochs = earlierEpochs
    epoch = firstEpoch
  }

  /// The number that the random numbers of the epoch in progress follow from.
  var randomEpoch: Int { earlierEpochs + epoch }

  /// The number of epochs that have begun since the model was made.
  var begunEpochs: Int { randomEpoch + (batch > 0 ? 1 : 0) }

  /// Throws unless these numbers can be those of a training with so many batches in an epoch.
  func check(batchCount: Int) throws(SavedStateError) {
    guard (0..<1 << 30).contains(firstEpoch), (0..<1 << 30).contains(earlierEpochs),
      epoch == firstEpoch + history.epochs.count,
      history.epochs.enumerated().allSatisfy({ firstEpoch + $0 == $1.epoch })
    else {
      throw SavedStateError(name: "progress", reason: "epoch \(epoch) with \(history.epochs.count) finished ones")
    }
    guard (0...batchCount).contains(batch) else {
      throw SavedStateError(name: "progress", reason: "batch \(batch) of \(batchCount)")
    }
  }
}

extension TrainingProgress {
  private enum CodingKeys: CodingKey {
    case firstEpoch, earlierEpochs, epoch, batch, history, isOver
  }

  /// Reads the progress. Checkpoints of earlier versions do not have the first two numbers.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    firstEpoch = try container.decodeIfPresent(Int.self, forKey: .firstEpoch) ?? 0
    earlierEpochs = try container.decodeIfPresent(Int.self, forKey: .earlierEpochs) ?? 0
    epoch = try container.decode(Int.self, forKey: .epoch)
    batch = try container.decode(Int.self, forKey: .batch)
    history = try container.decode(History.self, forKey: .history)
    isOver = try container.decode(Bool.self, forKey: .isOver)
  }
}
