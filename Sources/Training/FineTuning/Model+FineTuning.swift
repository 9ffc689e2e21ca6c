import Data
import NN
import Optim

extension Model {
  /// Trains the model in stages: first its head, then more of its layers.
  ///
  /// Each stage is a training as `fit` without stages does it, with a new optimizer: callbacks begin anew, and a callback
  /// that stops ends its stage, so with `EarlyStopping(restoringBestOf: model)` the next stage begins with the best weights.
  /// A callback that pauses, such as ``StopRequest``, ends the call. The epochs are numbered over all stages, and callbacks
  /// get the history of all of them.
  ///
  /// When the call ends, also with an error, `isTrainable` of each layer is as it was before the call.
  ///
  /// With `checkpoints`, a training that was interrupted in any stage continues where it was, and gives bit-identical
  /// results to an uninterrupted one.
  ///
  /// ```swift
  /// let history = try model.fit(
  ///   train, validation: test,
  ///   fineTuning: FineTuning(head: 10, then: .from("block6", epochs: 5, learningRate: 1e-4)),
  ///   loss: .categoricalCrossEntropy
  /// ) { AdamW(learningRate: $0.learningRate, weightDecay: 0.01, scales: $0.scales) }
  /// print(history.stages.map(\.name))
  /// ```
  ///
  /// - Parameters:
  ///   - fineTuning: the stages.
  ///   - optimizer: makes the optimizer of a stage, with the learning rate and the scales that it gets.
  ///   - train: the training data. This and the other parameters are those of `fit` without stages.
  /// - Returns: the figures of all epochs, and where the stages begin. It is stopped if a callback paused the training, or if
  ///   the loss was not finite and `nonFiniteLoss` says to stop.
  /// - Throws: ``FineTuningError``, before any work, if a number is out of its range or a layer is not there; and what `fit`
  ///   without stages throws. A generator without `stepsPerEpoch` is refused.
  @discardableResult
  public func fit(
    _ train: any Dataset, validation: (any Dataset)? = nil, validationShare: Double? = nil, fineTuning: FineTuning,
    batchSize: Int = 32, loss: any Loss, metrics: [any Metric]? = nil,
    weightedMetrics: [any WeightedMetric] = [], shuffle: Bool = true, seed: UInt64 = 0,
    augmentation: Augmentation? = nil, mixing: BatchMixing? = nil, classWeights: [Float]? = nil,
    preciseStatistics: PreciseStatistics? = nil,
    nonFiniteLoss: NonFiniteLoss = .warn, callbacks: [any Callback] = [], checkpoints: Checkpoints? = nil,
    progress: ProgressDisplay = .automatic, distribution: Distribution? = nil,
    optimizer: (FineTuning.Rates) -> any Optimizer = { Adam(learningRate: $0.learningRate, scales: $0.scales) }
  ) throws -> History {
    let plan = try FineTuningPlan(fineTuning, for: self)
    guard batchSize >= 1 else { throw DatasetError.batchSize(batchSize) }
    let trainability = Trainability(of: self)
    defer { trainability.restore() }

    var request = FitRequest(
      model: self, train: train, validation: validation, validationShare: validationShare, epochs: 1, firstEpoch: nil,
      batchSize: batchSize, optimizer: Adam(),
      goals: Goals(loss: loss, metrics: metrics, weightedMetrics: weightedMetrics), shuffle: shuffle, seed: seed,
      augmentation: augmentation, mixing: mixing, classWeights: classWeights, preciseStatistics: preciseStatistics,
      nonFiniteLoss: nonFiniteLoss, callbacks: callbacks, checkpoints: checkpoints, progress: progress,
      distribution: distribution)
    try request.splitValidation()
    let stepsPerEpoch = try BatchLoader(request.train, batchSize: batchSize).batchCount
    // A schedule needs an end.
    guard stepsPerEpoch < 1 << 40 else { throw GeneratorError.lengthNeeded("the stages of a fine-tuning") }

    var stage = try firstStage(fineTuning, checkpoints, distribution)
    while true {
      let description = fineTuning.stages[stage.index]
      plan.apply(stage: stage.index)
      let epochs = stage.start.epoch + description.epochs
      (request.stage, request.epochs) = (stage, epochs)
      request.optimizer = optimizer(
        FineTuning.Rates(
          learningRate: description.learningRates(stepsPerEpoch: stepsPerEpoch),
          scales: plan.scales(stage: stage.index)))
      let loop = try request.loop()
      let history = try loop.run(epochs: epochs)
      guard stage.index + 1 < fineTuning.stages.count else { return history }
      switch loop.outcome {
      case .finished, .stopped: stage = stage.next(after: history)
      case .paused, .diverged: return history.stopped()
      }
    }
  }

  /// The stage of the newest checkpoint, or the first one.
  private func firstStage(
    _ tuning: FineTuning, _ checkpoints: Checkpoints?, _ distribution: Distribution?
  ) throws -> FitStage {
    // Rank 0 has the checkpoints.
    func find() throws -> FitStage.Place? {
      let limit = TrainingStep.largestCheckpoint(of: self, ranks: distribution?.size ?? 1)
      return try checkpoints.flatMap { try FitStage.newest(in: $0, tuning, limit: limit) }
    }
    let found = if let distribution { try distribution.lead(find) } else { try find() }
    if let found { return FitStage(tuning: tuning, index: found.index, start: found.start, resumes: true) }
    var history = History()
    history.begin(stage: tuning.stages[0].name)
    return FitStage(
      tuning: tuning, index: 0, start: TrainingProgress(earlierEpochs: trainedEpochs, history: history), resumes: true)
  }
}

extension FitStage {
  /// The stage that follows.
  fileprivate func next(after history: History) -> FitStage {
    var history = history.stopped(false)
    history.begin(stage: tuning.stages[index + 1].name)
    return FitStage(
      tuning: tuning, index: index + 1,
      start: TrainingProgress(earlierEpochs: start.earlierEpochs, history: history), resumes: false)
  }
}
