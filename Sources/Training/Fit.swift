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
  /// A `Sequential` remembers the class names, the preprocessing and the meaning of its outputs. Another data set must
  /// have the same ones. To train the model for other classes, set `model.classes = []` first. The model also counts
  /// its epochs (`trainedEpochs`). The random numbers of an epoch depend on the seed and that count: three calls with
  /// one epoch each and the same optimizer give bit-identical results to one call with three epochs.
  ///
  /// - Parameters:
  ///   - train: the training data.
  ///   - validation: the data to validate with after each epoch.
  ///   - validationShare: the share of `train` to validate with, if `validation` is not given. The examples are chosen
  ///     at random by the seed, with the same share of each class; copies of a photo stay together. ⌊n (1 - share)⌋
  ///     examples are used for training, as with Keras's `validation_split`.
  ///   - epochs: the number of epochs. With `firstEpoch`, the end of the training: epochs `firstEpoch..<epochs` are
  ///     trained.
  ///   - firstEpoch: the number of the first epoch, as Keras's `initial_epoch`. With it, the random numbers depend on
  ///     the number of the epoch only, not on the epochs that the model was trained for before.
  ///   - batchSize: the number of examples in a step; the last one of an epoch may have fewer.
  ///   - optimizer: how gradients change the weights.
  ///   - loss: the loss to minimize.
  ///   - metrics: the metrics to measure in addition. The default depends on the loss: the accuracy for classes, the
  ///     accuracy of each answer (`BinaryAccuracy`) for several yes-or-no outputs, none for regression.
  ///   - shuffle: whether each epoch has its own random order of the examples.
  ///   - seed: decides the orders, the augmentation, the dropout and the choice of the validation examples.
  ///   - augmentation: the random changes of the photos of `train`.
  ///   - classWeights: the weight of each class in the loss; all 1 by default. Each example must have one class.
  ///   - preciseStatistics: whether to recompute the statistics of `BatchNorm` before each validation; not by default.
  ///   - nonFiniteLoss: what to do if the loss is NaN or infinite. `fit` always warns; by default it continues.
  ///   - callbacks: observe the training, and may stop it.
  ///   - checkpoints: where to store the state of the training, to continue from it later; nowhere by default.
  ///   - progress: what to print during the training.
  /// - Returns: the figures of each finished epoch, including the epochs before a resume.
  /// - Throws: ``FitError``, `TargetError` or `UpdateOptionsError` if data, model, loss, metrics, optimizer and callbacks do
  ///   not fit together or an argument is out of range; ``CheckpointError`` if the checkpoints in the folder are damaged or
  ///   belong to another training; `FolderLockError` if another training uses the folder; `FileError` if a checkpoint
  ///   cannot be written; and the errors of the data set and of callbacks.
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
    let (metrics, outputs) = try metricsThatFit(loss, train, metrics)
    if let validation {
      try check(inputShape: validation.inputShape, count: validation.count)
      try checkMemory(
        batchSize: min(batchSize, validation.count), inputShape: validation.inputShape, isTraining: false)
      try metrics.check(loss, outputs: outputs, targets: validation.batch([0]).targets)
    }
    try check(classWeights, train, outputs: outputs)
    try optimizer.check(namedParameters)
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
          try self.measure(dataset, batchSize: batchSize, loss: loss, metrics: metrics)
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

  private func check(_ classWeights: [Float]?, _ dataset: any Dataset, outputs: Shape) throws {
    guard let classWeights else { return }
    if let wrong = classWeights.first(where: { !$0.isFinite || $0 < 0 }) { throw FitError.classWeight(wrong) }
    let named = dataset.classes.count
    let expected = named > 0 ? named : outputs.rank > 1 && outputs[1] > 1 ? outputs[1] : 2
    guard classWeights.count == expected else {
      throw FitError.classWeights(found: classWeights.count, expected: expected)
    }
  }
}
