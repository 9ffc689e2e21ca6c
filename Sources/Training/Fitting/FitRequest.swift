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
  let goals: Goals
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
  /// The processes that share the training; `nil` for one alone.
  var distribution: Distribution?
  /// The stage of a fine-tuning that the call trains; `nil` for a training without stages.
  var stage: FitStage?

  /// Makes the validation data of a share of the training data. Checks the weights of examples first.
  mutating func splitValidation() throws {
    for dataset in [train, validation].compactMap(\.self) {
      try checkSampleWeights(dataset.sampleWeights, count: dataset.count)
    }
    guard validation == nil, let share = validationShare else { return }
    (train, validation) = try validationSplit(of: train, share: share, seed: seed)
  }

  /// Checks the arguments and makes the loop that trains.
  ///
  /// - Throws: what `fit` throws before it trains.
  func loop() throws -> TrainingLoop {
    try distribution?.together(makeLoop) ?? makeLoop()
  }

  private func makeLoop() throws -> TrainingLoop {
    guard epochs >= 1, (0..<epochs).contains(firstEpoch ?? 0) else { throw FitError.epochs(epochs) }
    if case .batches(let count)? = preciseStatistics, count < 1 { throw FitError.statisticsBatches(count) }
    var request = self
    try request.splitValidation()
    let (train, validation) = (request.train, request.validation)
    for dataset in [train, validation].compactMap(\.self) { try distribution?.requireLength(of: dataset) }
    _ = try model.wiring(for: train, goals)
    try model.checkMemory(
      batchSize: part.range(of: min(batchSize, train.count)).count, inputShapes: train.inputShapes, isTraining: true)
    try checkMeaning(train, validation)
    let objective = try model.objective(goals, train)
    try objective.checkTargets(of: self.train)
    let measured = try validation.map { try checkValidation($0, objective) }
    try check(classWeights, train, objective)
    for output in objective.outputs { try mixing?.check(output.loss) }
    try optimizer.check(model.namedParameters)
    var loader = try BatchLoader(
      train, batchSize: batchSize, shuffle: shuffle, seed: seed, augmentation: augmentation, mixing: mixing)
    loader.part = part
    let exchange = try shared.map {
      try StepExchange($0, parameters: model.parameters, rows: objective.rows(of: train.checkedBatch([0])))
    }
    let step = TrainingStep(
      model: model, optimizer: optimizer, objective: objective, classWeights: classWeights, seed: seed,
      mixesTargets: mixing != nil, exchange: exchange)
    let start =
      stage?.start
      ?? TrainingProgress(firstEpoch: firstEpoch ?? 0, earlierEpochs: firstEpoch == nil ? earlierEpochs : 0)
    return try TrainingLoop(
      loader: loader, step: step, callbacks: leads ? callbacks + progress.callbacks() : [],
      validation: measured.map { dataset, objective in
        TrainingLoop.Validation(dataset: dataset) { [self] observe in
          try model.measure(dataset, batchSize: batchSize, objective, .single, distribution, observe: observe)
        }
      }, progress: start,
      options: TrainingLoop.Options(
        preciseStatistics: preciseStatistics, nonFiniteLoss: nonFiniteLoss, resumes: stage?.resumes ?? true),
      checkpoints: leads ? checkpoints : nil,
      describe: { [loader] in try description(loader, validation, objective) })
  }

  /// The processes, if there are several.
  private var shared: Distribution? { distribution.flatMap { $0.size > 1 ? $0 : nil } }

  /// Whether this process has the callbacks, the checkpoints and the progress.
  private var leads: Bool { distribution?.isLeader ?? true }

  /// The part of each batch that this process computes.
  private var part: BatchPart { distribution?.part ?? .whole }

  /// The number of epochs that the model was trained for so far.
  var earlierEpochs: Int { (model as? Model)?.trainedEpochs ?? 0 }

  private func description(
    _ loader: BatchLoader, _ validation: (any Dataset)?, _ objective: Objective
  ) throws -> RunDescription {
    var description = try RunDescription(
      model: model, loader: loader, validation: validation, optimizer: optimizer, objective: objective,
      classWeights: classWeights, firstEpoch: firstEpoch, preciseStatistics: preciseStatistics)
    if let stage { description.add(stage) }
    if let distribution { description.add(distribution) }
    return description
  }

  /// Throws unless data sets and model agree on classes, preprocessing and the meaning of targets.
  private func checkMeaning(_ train: any Dataset, _ validation: (any Dataset)?) throws {
    let meaning = DataMeaning(train, "the training data")
    try meaning.check(against: DataMeaning(model))
    if let validation {
      let other = DataMeaning(validation, "the validation data")
      try other.check(against: meaning)
      try other.check(against: DataMeaning(model))
    }
  }

  /// What is measured on validation data. It may have its inputs and targets in another order than the training data.
  private func checkValidation(
    _ dataset: any Dataset, _ objective: Objective
  ) throws -> (dataset: any Dataset, objective: Objective) {
    let wiring = try model.wiring(for: dataset, goals)
    try model.checkMemory(
      batchSize: min(batchSize, dataset.count), inputShapes: dataset.inputShapes, isTraining: false)
    let own = objective.wired(wiring)
    try own.check(dataset.checkedBatch([0]))
    try own.checkTargets(of: dataset)
    return (dataset, own)
  }

  private func check(_ classWeights: [Float]?, _ dataset: any Dataset, _ objective: Objective) throws {
    guard let classWeights else { return }
    guard objective.outputs.count == 1 else {
      throw FitError.classWeightsForOutputs(objective.outputs.map(\.name))
    }
    let outputs = objective.outputs[0].shape
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
