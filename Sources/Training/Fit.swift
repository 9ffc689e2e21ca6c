import Autograd
import Data
import NN
import Optim
import Tensor

extension Layer {
  /// Trains the model, epoch by epoch.
  ///
  /// As in Keras, the training loss and metrics of an epoch are means over its batches, weighted by their sizes, with
  /// dropout on and while the weights change; the validation figures are computed after the epoch in inference mode.
  /// The same seed leads to the same bits, whatever the number of threads.
  ///
  /// ```swift
  /// let history = try model.fit(train, validation: test, epochs: 20, loss: .categoricalCrossEntropy)
  /// ```
  ///
  /// - Parameters:
  ///   - train: the examples to learn from.
  ///   - validation: the examples to measure with after each epoch.
  ///   - validationShare: the share of `train`, taken from its end, that is kept for measuring where no `validation`
  ///     is given.
  ///   - epochs: how often all examples are gone through.
  ///   - batchSize: the number of examples in a step; the last one of an epoch may have fewer.
  ///   - optimizer: how gradients change the weights.
  ///   - loss: what is made small.
  ///   - metrics: what else is measured.
  ///   - shuffle: whether each epoch has an order of its own.
  ///   - seed: decides on the orders, the augmentation and the dropout.
  ///   - augmentation: what is changed at random in the photos of `train`.
  ///   - classWeights: the weight of each class in the loss; all 1 when left out.
  ///   - callbacks: are told of batches and epochs, and may stop the training.
  ///   - checkpoints: where the state of the training is kept, and taken up again; nowhere when left out.
  ///   - progress: what is printed meanwhile.
  /// - Returns: the figures of every epoch that was finished, those before a resume included.
  /// - Throws: ``FitError`` when data and model do not fit together or an argument is out of range, ``CheckpointError``
  ///   when the checkpoints that are there are of another training or damaged, `FileError` when one cannot be written,
  ///   and whatever the data set or a callback throws.
  @discardableResult
  public func fit(
    _ train: any Dataset, validation: (any Dataset)? = nil, validationShare: Double? = nil, epochs: Int = 1,
    batchSize: Int = 32, optimizer: any Optimizer = Adam(), loss: any Loss, metrics: [any Metric] = [Accuracy()],
    shuffle: Bool = true, seed: UInt64 = 0, augmentation: Augmentation? = nil, classWeights: [Float]? = nil,
    callbacks: [any Callback] = [], checkpoints: Checkpoints? = nil, progress: ProgressDisplay = .automatic
  ) throws -> History {
    guard epochs >= 1 else { throw FitError.epochs(epochs) }
    remember(train)
    let (train, validation) = try Self.separate(train, validation, share: validationShare)
    for dataset in [train, validation].compactMap(\.self) { try check(dataset, loss: loss) }
    let loader = try BatchLoader(
      train, batchSize: batchSize, shuffle: shuffle, seed: seed, augmentation: augmentation)
    if let classWeights, classWeights.count != train.classes.count {
      throw FitError.classWeights(found: classWeights.count, expected: train.classes.count)
    }
    let step = TrainingStep(
      model: self, optimizer: optimizer, loss: loss, metrics: metrics, classWeights: classWeights,
      context: Context(.training, seed: seed))
    let loop = try TrainingLoop(
      loader: loader, step: step, callbacks: callbacks + progress.callbacks(epochs: epochs, examples: train.count),
      measure: {
        try validation.map { try self.evaluate($0, batchSize: batchSize, loss: loss, metrics: metrics).figures }
      }, checkpoints: checkpoints,
      describe: {
        try RunDescription(
          model: self, loader: loader, validation: validation, optimizer: optimizer, loss: loss, metrics: metrics,
          classWeights: classWeights)
      })
    return try loop.run(epochs: epochs)
  }

  /// Splits a share off the end of the training data where no validation data is given.
  private static func separate(
    _ train: any Dataset, _ validation: (any Dataset)?, share: Double?
  ) throws -> (train: any Dataset, validation: (any Dataset)?) {
    guard validation == nil, let share else { return (train, validation) }
    let kept = train.count - Int(Double(train.count) * share)
    guard (0..<1).contains(share), (1..<train.count).contains(kept) else {
      throw FitError.validationShare(share, count: train.count)
    }
    return (DatasetPart(train, range: 0..<kept), DatasetPart(train, range: kept..<train.count))
  }
}
