import Autograd
import Data
import NN
import Optim
import Tensor

extension Layer {
  /// Trains the model, epoch by epoch.
  ///
  /// As in Keras, the training loss and metrics of an epoch are means over its batches, weighted by their sizes, with
  /// dropout and while the weights change; the validation figures are computed after the epoch in inference mode.
  /// The same seed gives the same bits, whatever the number of threads.
  ///
  /// ```swift
  /// let history = try model.fit(train, validation: test, epochs: 20, loss: .categoricalCrossEntropy)
  /// ```
  ///
  /// A `Sequential` remembers the class names, the preprocessing and the meaning of its outputs. Another data set must have
  /// the same ones: to train the model for other classes, set `model.classes = []` first. It also counts its epochs
  /// (`trainedEpochs`), and the random numbers of an epoch follow from the seed and that number: three calls with one
  /// epoch each, and the same optimizer, give the same bits as one call with three epochs.
  ///
  /// - Parameters:
  ///   - train: the training data.
  ///   - validation: the data to validate with after each epoch.
  ///   - validationShare: the share of `train` to validate with where no `validation` is given. The examples are chosen by
  ///     the seed, each class by its share; copies of a photo stay together. ⌊n (1 - share)⌋ examples are trained on, as
  ///     with Keras's `validation_split`.
  ///   - epochs: the number of epochs; with `firstEpoch`, the number of the epoch before which to end.
  ///   - firstEpoch: the number of the first epoch, as Keras's `initial_epoch`. With it, the random numbers follow from the
  ///     number of the epoch alone, and not from the epochs that the model has seen before.
  ///   - batchSize: the number of examples in a step; the last one of an epoch may have fewer.
  ///   - optimizer: how gradients change the weights.
  ///   - loss: the loss to minimize.
  ///   - metrics: what else to measure. By default it follows from the loss: the accuracy for classes, the accuracy of
  ///     each answer (`BinaryAccuracy`) for several yes-or-no outputs, nothing for regression.
  ///   - shuffle: whether each epoch has its own order of the examples.
  ///   - seed: decides on the orders, the augmentation, the dropout and the validation examples.
  ///   - augmentation: the random changes of the photos of `train`.
  ///   - classWeights: the weight of each class in the loss; all 1 by default. Each example must have one class.
  ///   - preciseStatistics: whether to compute the statistics of `BatchNorm` anew before each validation; not by default.
  ///   - nonFiniteLoss: what to do when the loss is NaN or infinite, beside a warning; by default, go on.
  ///   - callbacks: follow the training, and may stop it.
  ///   - checkpoints: where to keep the state of the training, to go on from it later; nowhere by default.
  ///   - progress: what to print meanwhile.
  /// - Returns: the figures of each finished epoch, those before a resume included.
  /// - Throws: ``FitError``, `LossError` or `MetricError` when data, model, loss, metrics and callbacks do not fit together
  ///   or an argument is out of range; ``CheckpointError`` when the checkpoints in the folder are of another training or
  ///   damaged; `FolderLockError` when another training uses the folder; `FileError` when a checkpoint cannot be written;
  ///   and whatever the data set or a callback throws.
  @discardableResult
  public func fit(
    _ train: any Dataset, validation: (any Dataset)? = nil, validationShare: Double? = nil, epochs: Int = 1,
    firstEpoch: Int? = nil, batchSize: Int = 32, optimizer: any Optimizer = Adam(), loss: any Loss,
    metrics: [any Metric]? = nil, shuffle: Bool = true, seed: UInt64 = 0, augmentation: Augmentation? = nil,
    classWeights: [Float]? = nil, preciseStatistics: PreciseStatistics? = nil, nonFiniteLoss: NonFiniteLoss = .warn,
    callbacks: [any Callback] = [], checkpoints: Checkpoints? = nil, progress: ProgressDisplay = .automatic
  ) throws -> History {
    guard epochs >= 1, (0..<epochs).contains(firstEpoch ?? 0) else { throw FitError.epochs(epochs) }
    if case .batches(let count)? = preciseStatistics, count < 1 { throw FitError.statisticsBatches(count) }
    var (train, validation) = (train, validation)
    if validation == nil, let share = validationShare {
      (train, validation) = try validationSplit(of: train, share: share, seed: seed)
    }
    try check(inputShape: train.inputShape, count: train.count)
    try checkMemory(batchSize: min(batchSize, train.count), inputShape: train.inputShape, isTraining: true)
    try checkMeaning(train, validation, loss)
    let metrics = try metricsThatFit(loss, train, metrics)
    if let validation { _ = try metricsThatFit(loss, validation, metrics) }
    try check(classWeights, train)
    let loader = try BatchLoader(
      train, batchSize: batchSize, shuffle: shuffle, seed: seed, augmentation: augmentation)
    let step = TrainingStep(
      model: self, optimizer: optimizer, loss: loss, metrics: metrics, classWeights: classWeights, seed: seed)
    let start = TrainingProgress(
      firstEpoch: firstEpoch ?? 0,
      earlierEpochs: firstEpoch == nil ? (self as? Model)?.trainedEpochs ?? 0 : 0)
    let loop = try TrainingLoop(
      loader: loader, step: step, callbacks: callbacks + progress.callbacks(),
      validation: validation.map { dataset in
        TrainingLoop.Validation(dataset: dataset) {
          try self.evaluate(dataset, batchSize: batchSize, loss: loss, metrics: metrics)
        }
      }, progress: start,
      options: TrainingLoop.Options(preciseStatistics: preciseStatistics, nonFiniteLoss: nonFiniteLoss),
      checkpoints: checkpoints,
      describe: {
        try RunDescription(
          model: self, loader: loader, validation: validation, optimizer: optimizer, loss: loss, metrics: metrics,
          classWeights: classWeights, firstEpoch: firstEpoch, preciseStatistics: preciseStatistics)
      })
    remember(train, loss)
    return try loop.run(epochs: epochs)
  }

  /// Throws unless data sets, model and loss agree on classes, preprocessing and outputs.
  private func checkMeaning(_ train: any Dataset, _ validation: (any Dataset)?, _ loss: any Loss) throws {
    let meaning = DataMeaning(train, "the training data")
    try meaning.check(against: DataMeaning(self))
    if let validation {
      let other = DataMeaning(validation, "the validation data")
      try other.check(against: meaning)
      try other.check(against: DataMeaning(self))
    }
    try checkOutputs(against: loss)
  }

  private func check(_ classWeights: [Float]?, _ dataset: any Dataset) throws {
    guard let classWeights else { return }
    if let wrong = classWeights.first(where: { !$0.isFinite || $0 < 0 }) { throw FitError.classWeight(wrong) }
    let outputs = self(try dataset.batch([0]).inputs).shape
    let named = dataset.classes.count
    let expected = named > 0 ? named : outputs.rank > 1 && outputs[1] > 1 ? outputs[1] : 2
    guard classWeights.count == expected else {
      throw FitError.classWeights(found: classWeights.count, expected: expected)
    }
  }
}
