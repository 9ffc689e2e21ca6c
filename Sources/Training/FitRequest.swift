import Autograd
import Data
import NN
import Optim
import Tensor

/// The arguments of a call of `fit`.
struct FitRequest {
  let model: any Layer
  var train: any Dataset
  var validation: (any Dataset)?
  var validationShare: Double?
  var epochs: Int
  var firstEpoch: Int?
  let batchSize: Int
  var optimizer: any Optimizer
  let loss: any Loss
  let metrics: [any Metric]?
  let shuffle: Bool
  let seed: UInt64
  let augmentation: Augmentation?
  let mixing: BatchMixing?
  let classWeights: [Float]?
  let preciseStatistics: PreciseStatistics?
  let nonFiniteLoss: NonFiniteLoss
  let callbacks: [any Callback]
  let checkpoints: Checkpoints?
  let progress: ProgressDisplay
  /// The stage of a fine-tuning that the call trains; `nil` for a training without stages.
  var stage: FitStage?

  /// Makes the validation data of a share of the training data.
  mutating func splitValidation() throws {
    guard validation == nil, let share = validationShare else { return }
    (train, validation) = try validationSplit(of: train, share: share, seed: seed)
  }

  /// Checks the arguments and makes the loop that trains.
  ///
  /// - Throws: what `fit` throws before it trains.
  func loop() throws -> TrainingLoop {
    guard epochs >= 1, (0..<epochs).contains(firstEpoch ?? 0) else { throw FitError.epochs(epochs) }
    if case .batches(let count)? = preciseStatistics, count < 1 { throw FitError.statisticsBatches(count) }
    var request = self
    try request.splitValidation()
    let (train, validation) = (request.train, request.validation)
    try model.check(inputShape: train.inputShape, count: train.count)
    try model.checkMemory(
      batchSize: min(batchSize, train.count), inputShape: train.inputShape, isTraining: true)
    try checkMeaning(train, validation)
    let (metrics, outputs) = try model.metricsThatFit(loss, train, metrics)
    if let validation {
      try model.check(inputShape: validation.inputShape, count: validation.count)
      try model.checkMemory(
        batchSize: min(batchSize, validation.count), inputShape: validation.inputShape, isTraining: false)
      try metrics.check(loss, outputs: outputs, targets: validation.batch([0]).targets)
    }
    try check(classWeights, train, outputs: outputs)
    try mixing?.check(loss)
    try optimizer.check(model.namedParameters)
    let loader = try BatchLoader(
      train, batchSize: batchSize, shuffle: shuffle, seed: seed, augmentation: augmentation, mixing: mixing)
    let step = TrainingStep(
      model: model, optimizer: optimizer, loss: loss, metrics: metrics, classWeights: classWeights,
      targetMeaning: train.targetMeaning, seed: seed, mixesTargets: mixing != nil)
    let start =
      stage?.start
      ?? TrainingProgress(firstEpoch: firstEpoch ?? 0, earlierEpochs: firstEpoch == nil ? earlierEpochs : 0)
    let loop = try TrainingLoop(
      loader: loader, step: step, callbacks: callbacks + progress.callbacks(),
      validation: validation.map { dataset in
        TrainingLoop.Validation(dataset: dataset) { [self] observe in
          try model.measure(dataset, batchSize: batchSize, loss: loss, metrics: metrics, observe: observe)
        }
      }, progress: start,
      options: TrainingLoop.Options(
        preciseStatistics: preciseStatistics, nonFiniteLoss: nonFiniteLoss, resumes: stage?.resumes ?? true),
      checkpoints: checkpoints,
      describe: { try description(loader, validation, metrics) })
    model.remember(train, loss)
    return loop
  }

  /// The number of epochs that the model was trained for so far.
  var earlierEpochs: Int { (model as? Model)?.trainedEpochs ?? 0 }

  private func description(
    _ loader: BatchLoader, _ validation: (any Dataset)?, _ metrics: [any Metric]
  ) throws -> RunDescription {
    var description = try RunDescription(
      model: model, loader: loader, validation: validation, optimizer: optimizer, loss: loss, metrics: metrics,
      classWeights: classWeights, firstEpoch: firstEpoch, preciseStatistics: preciseStatistics)
    if let stage { description.add(stage) }
    return description
  }

  /// Throws unless data sets, model and loss agree on classes, preprocessing and outputs.
  private func checkMeaning(_ train: any Dataset, _ validation: (any Dataset)?) throws {
    let meaning = DataMeaning(train, "the training data")
    try meaning.check(against: DataMeaning(model))
    if let validation {
      let other = DataMeaning(validation, "the validation data")
      try other.check(against: meaning)
      try other.check(against: DataMeaning(model))
    }
    try model.checkOutputs(against: loss)
    try loss.check(targets: train.targetMeaning)
  }

  private func check(_ classWeights: [Float]?, _ dataset: any Dataset, outputs: Shape) throws {
    guard let classWeights else { return }
    switch dataset.targetMeaning {
    case .severalClasses, .numbers: throw FitError.classWeightsForTargets(dataset.targetMeaning ?? .unknown)
    case .oneClass, .unknown, nil: break
    }
    if let wrong = classWeights.first(where: { !$0.isFinite || $0 < 0 }) { throw FitError.classWeight(wrong) }
    let named = dataset.classes.count
    let expected = named > 0 ? named : outputs.rank > 1 && outputs[1] > 1 ? outputs[1] : 2
    guard classWeights.count == expected else {
      throw FitError.classWeights(found: classWeights.count, expected: expected)
    }
  }
}
