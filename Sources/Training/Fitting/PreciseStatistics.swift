import Autograd
import Data
import NN

/// An option of `fit`: recomputes the running statistics of `BatchNorm` before each validation.
///
/// The running mean and variance of training follow the weights with a delay: with a momentum of 0.99 they are an
/// average over some hundred steps, in which the weights have changed. In the first epochs of a small data set the
/// validation figures then depend on outdated statistics, not only on the weights. Precise statistics belong to the
/// current weights: the mean and variance over some training batches, each normalized by its own statistics (Wu and
/// Johnson 2021, Rethinking "Batch" in BatchNorm, section 3). Keras has no such option.
///
/// The batches are computed as in inference: without dropout, because dropout makes the variance too large for
/// inference (Li et al. 2019, Understanding the Disharmony between Dropout and Batch Normalization by Variance Shift),
/// and without augmentation. The weights keep the same bits as without the option; the model keeps the precise
/// statistics.
public enum PreciseStatistics: Hashable, Sendable {
  /// Over this number of batches, or over all batches of an epoch if there are fewer. It costs as much as predicting
  /// them.
  case batches(Int)
}

extension Layer {
  /// Recomputes the running statistics of all `BatchNorm` layers from batches of a data set in random order; see
  /// ``PreciseStatistics``. For your own training loops; `fit` has an option for it.
  ///
  /// A last batch with fewer than `batchSize` examples is left out, unless it is the only one.
  ///
  /// - Parameters:
  ///   - dataset: the training data.
  ///   - batches: the number of batches.
  ///   - batchSize: the number of examples in a batch.
  ///   - seed: decides, together with `epoch`, which examples are in the batches.
  ///   - epoch: the number of the epoch.
  /// - Throws: ``FitError`` if `batches` is below 1, or if the data set has no examples, or other inputs or another
  ///   preprocessing than the model takes; and the errors of the data set.
  public func recomputeStatistics(
    from dataset: any Dataset, batches: Int = 32, batchSize: Int = 32, seed: UInt64 = 0, epoch: Int = 0
  ) throws {
    guard batches >= 1 else { throw FitError.statisticsBatches(batches) }
    guard dataset.count >= 1 else { throw FitError.noExamples }
    let order = try inputOrder(names: dataset.inputNames, shapes: dataset.inputShapes)
    try DataMeaning(dataset, "the data").checkInputs(against: DataMeaning(self))
    let loader = try BatchLoader(dataset, batchSize: batchSize, seed: seed)
    let context = Context(appliesDropout: false, usesBatchStatistics: true, recordsGradients: false)
    let statistics = BatchStatistics()
    context.statistics = statistics
    // A generator makes no batch that is not used.
    let whole = max(dataset.count / loader.batchSize, 1)
    let stream = loader.batches(epoch: epoch, every: 1, atMost: min(batches, whole))
    var isFirst = true
    while let batch = try stream.next() {
      // The last batch of a generator may have fewer.
      guard isFirst || batch.count == loader.batchSize else { continue }
      isFirst = false
      let inputs = try batch.inputs(inOrder: order)
      try (self as? Model)?.checkLookUps(inputs)
      _ = outputs(of: inputs.map { Variable($0) }, context)
    }
    statistics.apply()
  }
}
