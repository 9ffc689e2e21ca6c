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
  /// If the data set has `sampleWeights`, the loss of a batch is Σ wₙ lossₙ / N, as in Keras: it is divided by the
  /// number of examples, not by the sum of the weights.
  ///
  /// A `Model` remembers the class names, the preprocessing and the meaning of its outputs. Another data set must
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
  ///   - batchSize: the number of examples in a step; the last one of an epoch may have fewer. The batches of
  ///     `GeneratedBatches` have the size that the generator gives them.
  ///   - optimizer: how gradients change the weights.
  ///   - loss: the loss to minimize.
  ///   - metrics: the metrics to measure in addition. The default depends on the loss: the accuracy for classes, the
  ///     accuracy of each answer (`BinaryAccuracy`) for several yes-or-no outputs, none for regression.
  ///   - weightedMetrics: the metrics in which examples count as in the loss, by the weights of the data set and of
  ///     their classes.
  ///   - shuffle: whether each epoch has its own random order of the examples.
  ///   - seed: decides the orders, the augmentation, the dropout and the choice of the validation examples.
  ///   - augmentation: the random changes of the photos of `train`.
  ///   - mixing: how the examples of each training batch are mixed with each other; not at all by default.
  ///   - classWeights: the weight of each class in the loss; all 1 by default. Each example must have one class. If
  ///     examples have weights too (`sampleWeights` of the data set), both are multiplied.
  ///   - preciseStatistics: whether to recompute the statistics of `BatchNorm` before each validation; not by default.
  ///   - nonFiniteLoss: what to do if the loss is NaN or infinite. `fit` always warns; by default it continues.
  ///   - callbacks: observe the training, and may stop it.
  ///   - checkpoints: where to store the state of the training, to continue from it later; nowhere by default.
  ///   - progress: what to print during the training.
  ///   - distribution: the processes that share the training: `.dataParallel` for those that `mpirun` has started; none
  ///     by default.
  /// - Returns: the figures of each finished epoch, including the epochs before a resume.
  /// - Throws: ``FitError``, `TargetError` or `UpdateOptionsError` if data, model, loss, metrics, optimizer and
  ///   callbacks do not fit together or an argument is out of range; ``DistributionError`` if ranks do not train the
  ///   same, or one fails; ``CheckpointError`` if the checkpoints in the folder are damaged or belong to another
  ///   training; `FolderLockError` if another training uses the folder; `FileError` if a checkpoint cannot be written;
  ///   and the errors of the data set and of callbacks.
  @discardableResult
  public func fit(
    _ train: any Dataset, validation: (any Dataset)? = nil, validationShare: Double? = nil, epochs: Int = 1,
    firstEpoch: Int? = nil, batchSize: Int = 32, optimizer: any Optimizer = Adam(), loss: any Loss,
    metrics: [any Metric]? = nil, weightedMetrics: [any WeightedMetric] = [], shuffle: Bool = true, seed: UInt64 = 0,
    augmentation: Augmentation? = nil,
    mixing: BatchMixing? = nil, classWeights: [Float]? = nil, preciseStatistics: PreciseStatistics? = nil,
    nonFiniteLoss: NonFiniteLoss = .warn, callbacks: [any Callback] = [], checkpoints: Checkpoints? = nil,
    progress: ProgressDisplay = .automatic, distribution: Distribution? = nil
  ) throws -> History {
    try FitRequest(
      model: self, train: train, validation: validation, validationShare: validationShare, epochs: epochs,
      firstEpoch: firstEpoch, batchSize: batchSize, optimizer: optimizer,
      goals: Goals(loss: loss, metrics: metrics, weightedMetrics: weightedMetrics), shuffle: shuffle, seed: seed,
      augmentation: augmentation, mixing: mixing, classWeights: classWeights,
      preciseStatistics: preciseStatistics, nonFiniteLoss: nonFiniteLoss, callbacks: callbacks,
      checkpoints: checkpoints, progress: progress, distribution: distribution
    ).loop().run(epochs: epochs)
  }
}
