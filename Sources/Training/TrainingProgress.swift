/// How far a training has come.
struct TrainingProgress: Codable {
  /// The number of the epoch under way, or of the next one; from 0.
  var epoch = 0
  /// How many of its batches are done. All of them: the epoch is still to be measured.
  var batch = 0
  /// The finished epochs.
  var history = History()
  /// Whether a callback has stopped the training for good.
  var isOver = false

  /// Throws unless these numbers can be those of a training with so many batches in an epoch.
  func check(batchCount: Int) throws(SavedStateError) {
    guard epoch == history.epochs.count, history.epochs.enumerated().allSatisfy({ $0 == $1.epoch }) else {
      throw SavedStateError(name: "progress", reason: "epoch \(epoch) with \(history.epochs.count) finished ones")
    }
    guard (0...batchCount).contains(batch) else {
      throw SavedStateError(name: "progress", reason: "batch \(batch) of \(batchCount)")
    }
  }
}
