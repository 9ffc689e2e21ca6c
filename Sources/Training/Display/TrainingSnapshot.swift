/// Where a training stands, for a display.
public struct TrainingSnapshot: Sendable {
  /// The number of the current epoch, from 0.
  public internal(set) var epoch = 0
  /// The end of the training: epochs up to this number are trained.
  public internal(set) var epochs = 0
  /// The number of examples seen in the epoch.
  public internal(set) var examples = 0
  /// The number of examples in an epoch; `nil` if it is not known, as in the first epoch of a generator without `stepsPerEpoch`.
  public internal(set) var exampleCount: Int? = 0
  /// What the examples are, in the plural: `images` for a model that takes some, otherwise `examples`.
  public internal(set) var exampleWord = "examples"
  /// The number of steps since the beginning of the first epoch.
  public internal(set) var step = 0
  /// The learning rate of the last step; `nil` before the first one.
  public internal(set) var learningRate: Double?
  /// The running figures of the epoch, sorted by name.
  public internal(set) var figures: [(name: String, value: Double)] = []
  /// The losses of single batches of this epoch, evenly spaced, at most 512.
  public internal(set) var batchLosses: [Double] = []
  /// The finished epochs.
  public internal(set) var history = History()
  /// The validation that is under way: the number of examples measured so far, and of all, `nil` if that is not
  /// known; `nil` in training.
  public internal(set) var validation: (done: Int, count: Int?)?
  /// Examples per second in this epoch, without the time of the validation; 0 before the first step.
  public internal(set) var examplesPerSecond = 0.0
  /// The seconds since the training began.
  public internal(set) var seconds = 0.0
  /// The seconds since the epoch began.
  public internal(set) var epochSeconds = 0.0
  /// The mean seconds of the epochs that this call of `fit` has trained whole, with their validation; `nil` before.
  public internal(set) var meanEpochSeconds: Double?

  /// The seconds to the end of the steps of the epoch; `nil` before the first step, and if their number is not known.
  public var epochSecondsLeft: Double? {
    guard let exampleCount, examplesPerSecond > 0 else { return nil }
    return Double(exampleCount - examples) / examplesPerSecond
  }

  /// The seconds to the end of the training, from the epochs so far, or from the speed of the first one; `nil` before the
  /// first step, and if the number of examples is not known.
  public var secondsLeft: Double? {
    guard let left = epochSecondsLeft, let exampleCount else { return nil }
    let later = Double(epochs - epoch - 1)
    if let mean = meanEpochSeconds { return max(mean - epochSeconds, left) + later * mean }
    return left + later * Double(exampleCount) / examplesPerSecond
  }
}
