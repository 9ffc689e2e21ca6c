import Autograd
import Data
import NN
import Optim
import Tensor

extension Layer {
  /// Trains a model with several outputs, epoch by epoch: the loss to minimize is Σ weightₒ lossₒ over the outputs.
  ///
  /// ```swift
  /// let history = try model.fit(
  ///   train, validation: test, epochs: 20, losses: ["kind": .categoricalCrossEntropy, "price": .meanSquaredError],
  ///   lossWeights: ["price": 0.2])
  /// ```
  ///
  /// Inputs and targets of a data set are matched with those of the model by their names, or by their order if the data
  /// set has no names. The history has the figures `loss`, `OUTPUT_loss` for each output, without the weight, and its
  /// metrics as `OUTPUT_accuracy`, as in Keras; the validation figures are `val_loss`, `val_OUTPUT_loss`, …. The names
  /// of the outputs are those of the layers that make them: `Dense(1)(x, name: "price")`.
  ///
  /// Weights of examples count in the loss of each output.
  ///
  /// - Parameters:
  ///   - train: the training data.
  ///   - losses: the loss of each output.
  ///   - lossWeights: how much each loss counts in the sum; 1 by default. A negative one makes the loss large.
  ///   - metrics: the metrics of each output; by default those that fit its loss.
  ///   - weightedMetrics: the metrics of each output in which examples count as in the loss.
  ///   - validation: the data to validate with. This and the other parameters are those of `fit` for one output.
  /// - Returns: the figures of each finished epoch, including the epochs before a resume.
  /// - Throws: as `fit` for one output, and ``FitError`` if inputs, targets, losses, weights or metrics do not belong to the
  ///   model's inputs and outputs.
  @discardableResult
  public func fit(
    _ train: any Dataset, validation: (any Dataset)? = nil, validationShare: Double? = nil, epochs: Int = 1,
    firstEpoch: Int? = nil, batchSize: Int = 32, optimizer: any Optimizer = Adam(), losses: PerOutput<any Loss>,
    lossWeights: PerOutput<Float>? = nil, metrics: PerOutput<[any Metric]>? = nil,
    weightedMetrics: PerOutput<[any WeightedMetric]>? = nil, shuffle: Bool = true, seed: UInt64 = 0,
    augmentation: Augmentation? = nil, mixing: BatchMixing? = nil, preciseStatistics: PreciseStatistics? = nil,
    nonFiniteLoss: NonFiniteLoss = .warn, callbacks: [any Callback] = [], checkpoints: Checkpoints? = nil,
    progress: ProgressDisplay = .automatic, distribution: Distribution? = nil
  ) throws -> History {
    try FitRequest(
      model: self, train: train, validation: validation, validationShare: validationShare, epochs: epochs,
      firstEpoch: firstEpoch, batchSize: batchSize, optimizer: optimizer,
      goals: Goals(losses: losses, lossWeights: lossWeights, metrics: metrics, weightedMetrics: weightedMetrics),
      shuffle: shuffle, seed: seed, augmentation: augmentation, mixing: mixing, classWeights: nil,
      preciseStatistics: preciseStatistics, nonFiniteLoss: nonFiniteLoss, callbacks: callbacks,
      checkpoints: checkpoints, progress: progress, distribution: distribution
    ).loop().run(epochs: epochs)
  }
}
