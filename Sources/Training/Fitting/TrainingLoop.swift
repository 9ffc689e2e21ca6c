import Data
import NN

/// The epochs of one call of `fit`, from the current progress of the training to its end.
final class TrainingLoop {
  let loader: BatchLoader
  let step: TrainingStep
  let callbacks: [any Callback]
  private let validation: Validation?
  let options: Options
  let checkpoints: CheckpointKeeper?
  let description: RunDescription?
  var progress: TrainingProgress
  private var hasWarnedOfLoss = false
  /// How the training has ended, once it has.
  private(set) var outcome = Outcome.finished

  /// How a training has ended without an error, for what follows it.
  enum Outcome {
    /// After its last epoch.
    case finished
    /// A callback stopped it for good.
    case stopped
    /// A callback asked for a pause, perhaps after the last epoch.
    case paused
    /// It has stopped since the loss is not finite.
    case diverged
  }

  /// What is done in addition to the steps.
  struct Options {
    var preciseStatistics: PreciseStatistics?
    var nonFiniteLoss = NonFiniteLoss.warn
    /// Whether the training may continue from a checkpoint. Otherwise those that are there stay.
    var resumes = true
  }

  /// The validation data, and the closure that measures the model on it after each epoch.
  struct Validation {
    let dataset: any Dataset
    let measure: (_ observe: (EvaluationEvent) throws -> Void) throws -> OutputEvaluations
  }

  /// - Parameters:
  ///   - loader: the batches of each epoch.
  ///   - step: trains on one batch.
  ///   - callbacks: observe the training.
  ///   - validation: what is measured after an epoch.
  ///   - progress: where the training begins.
  ///   - options: what is done in addition to the steps.
  ///   - checkpoints: where the state is stored; `nil` for nowhere.
  ///   - describe: the description of the training that is stored in its checkpoints.
  init(
    loader: BatchLoader, step: TrainingStep, callbacks: [any Callback], validation: Validation?,
    progress: TrainingProgress, options: Options, checkpoints: Checkpoints?, describe: () throws -> RunDescription
  ) throws {
    self.loader = loader
    self.step = step
    self.callbacks = callbacks
    self.validation = validation
    self.progress = progress
    if loader.batchCount == .max { self.progress.finishedSteps = 0 }
    self.options = options
    step.keepsFinite = options.nonFiniteLoss == .stop
    self.checkpoints = try checkpoints.map(CheckpointKeeper.init)
    description = try checkpoints != nil || step.exchange != nil ? describe() : nil
  }

  /// The processes that share the training, if there are several.
  var distribution: Distribution? { step.exchange?.distribution }

  /// The number of steps since the beginning of the first epoch.
  var stepCount: Int { progress.stepCount(batchCount: loader.batchCount) }

  /// Trains up to the given number of epochs. Every callback gets `trainingEnded`, also after an error.
  func run(epochs: Int) throws -> History {
    defer { checkpoints?.close() }
    let end: TrainingEnd
    do {
      try begin(epochs: epochs)
      end = try train(epochs: epochs)
      try finishWriting()
      if progress.isOver || progress.epoch >= epochs { step.finish() }
      if let distribution, let timeline = step.exchange?.timeline, let path = distribution.timeline {
        try timeline.write(to: path, distribution)
      }
    } catch {
      for callback in callbacks { try? callback.trainingEnded(.failed(error)) }
      throw error
    }
    try onLeader {
      let results = callbacks.map { callback in Result { try callback.trainingEnded(end) } }
      for result in results { try result.get() }
    }
    if case .finished = end { return progress.history }
    return progress.history.stopped()
  }

  /// Begins the training, or continues it from a checkpoint. After an error the model is as it was before.
  private func begin(epochs: Int) throws {
    let model = step.model as? Model
    let parameters = step.namedParameters.map { ($0.parameter, $0.parameter.value) }
    let buffers = step.namedBuffers.map { ($0.buffer, $0.buffer.value) }
    let metadata = model?.metadata
    do {
      try requireAgreement(epochs: epochs)
      step.model.remember(loader.dataset, step.objective)
      try beginOrResume(epochs: epochs)
    } catch {
      for (parameter, value) in parameters { parameter.value = value }
      for (buffer, value) in buffers { buffer.value = value }
      if let metadata { model?.metadata = metadata }
      throw error
    }
  }

  private func beginOrResume(epochs: Int) throws {
    let start = TrainingStart(
      model: step.model, optimizer: step.optimizer, firstEpoch: progress.epoch, epochs: epochs,
      exampleCount: loader.dataset.count, batchCount: loader.batchCount, metrics: step.metrics,
      hasValidation: validation != nil, measuresAverages: callbacks.contains { $0 is SwapAverages }, warn: warn)
    try onLeader {
      for callback in callbacks { try callback.trainingBegan(start) }
      try checkpoints?.begin(start)
    }
    if let validation, step.objective.outputs[0].loss.outputMeaning.map({ $0 != .values }) ?? false {
      missingClassWarnings(train: loader.dataset, validation: validation.dataset).forEach(warn)
    }
    if let model = step.model as? Model, let masks = try? MaskFlow(model) {
      for mask in masks.ended {
        warn(
          "the layer \(mask.layer) ends the mask of its input, so \(mask.user) behind it counts all places, also those that "
            + "only fill up. A layer of your own hands a mask on if it is a MaskedLayer")
      }
    }
    let (firstStep, generator) = (stepCount, loader.dataset as? GeneratedBatches)
    try shareState(after: { try resume(epochs: epochs) })
    if generator?.isRepeatable == false, stepCount > firstStep {
      warn("the generator cannot go back: the training continues with the batches that it makes now")
    }
    if progress.isOver, progress.hasDiverged { outcome = .diverged }
    progress.history.setDirections(of: step.metrics)
    countEpochs()
  }

  private func train(epochs: Int) throws -> TrainingEnd {
    while !progress.isOver && progress.epoch < epochs {
      var decision = try trainEpoch()
      if decision == .proceed { decision = try endEpoch(isLast: progress.epoch + 1 == epochs) }
      if decision == .pause { outcome = .paused }
      if decision == .pause && progress.epoch < epochs { return .paused }
    }
    if progress.isOver && outcome != .diverged { outcome = .stopped }
    return progress.epoch < epochs ? .stopped : .finished
  }

  /// Trains on the remaining batches of the current epoch.
  private func trainEpoch() throws -> TrainingDecision {
    if progress.batch == 0 {
      step.beginEpoch(progress.randomEpoch)
      try onLeader { for callback in callbacks { try callback.epochBegan(progress.epoch) } }
    }
    let batches = loader.batches(epoch: progress.randomEpoch, startingAt: progress.batch)
    while let batch = try nextOrSave(of: batches) {
      let start = BatchStart(epoch: progress.epoch, batch: progress.batch, step: stepCount)
      try announce(start)
      let rate = step.learningRate
      let loss = try step.train(on: batch, of: loader.exampleCount(ofBatch: start.batch))
      progress.batch += 1
      if progress.batch == 1 { countEpochs() }
      if let warning = step.takeWarning() { warn(warning) }
      let report = BatchReport(
        epoch: progress.epoch, batch: start.batch, step: stepCount, learningRate: rate, loss: loss,
        examples: step.examples, figures: step.figures)
      let judgement = judge(loss)
      let verdict = try lead {
        // Every callback is called, also if one of them wants to stop.
        let decision = TrainingDecision(try callbacks.map { try $0.batchEnded(report) } + [judgement])
        try checkpoints?.check()
        // After the last batch, the checkpoint is written at the end of the epoch.
        let isDue = progress.batch < loader.batchCount && checkpoints?.isDue(step: stepCount) == true
        return Verdict(decision: decision, saves: checkpoints != nil && (isDue || decision != .proceed))
      }
      progress.isOver = verdict.decision == .stop
      if progress.isOver, !progress.hasDiverged { try computeStatistics() }
      if verdict.saves { try save(history: nil) }
      if verdict.decision != .proceed { return verdict.decision }
    }
    return .proceed
  }

  /// The next batch. If its examples cannot be read, perhaps since a file was deleted, the steps so far are saved first.
  private func nextOrSave(of batches: BatchStream) throws -> Batch? {
    do {
      return try next(of: batches)
    } catch {
      // The problem with the examples is worth more than one with this checkpoint.
      if stepCount > 0 { try? save(history: progress.batch == 0 ? progress.history : nil) }
      throw error
    }
  }

  /// Ends the epoch after its last batch: measures the model and calls the callbacks.
  private func endEpoch(isLast: Bool) throws -> TrainingDecision {
    try shareStatistics()
    try computeStatistics()
    let measured = try validate()
    if let measured, !measured.figures.loss.isFinite {
      warnOfLoss(
        "the validation loss is \(decimal(measured.figures.loss, digits: 4)) after epoch \(progress.epoch + 1)")
    }
    let report = EpochReport(epoch: progress.epoch, training: step.figures, validation: measured?.figures)
    progress.history.append(report)
    let verdict = try lead {
      let decision = TrainingDecision(try callbacks.map { try $0.epochEnded(report, history: progress.history) })
      let isDue = checkpoints?.isDue(step: stepCount, history: progress.history) == true
      return Verdict(decision: decision, saves: checkpoints != nil && (isDue || isLast || decision != .proceed))
    }
    progress.isOver = verdict.decision == .stop
    progress.finishedSteps = progress.finishedSteps.map { $0 + progress.batch }
    progress.epoch += 1
    progress.batch = 0
    if verdict.saves { try save(history: progress.history) }
    return verdict.decision
  }

  /// Measures the model on the validation data, and calls the callbacks; `nil` without validation data.
  private func validate() throws -> OutputEvaluations? {
    guard let validation else { return nil }
    let epoch = progress.epoch
    try onLeader { for callback in callbacks { try callback.validationBegan(epoch) } }
    let evaluation = try validation.measure { event in
      let batch = ValidationBatch(
        epoch: epoch, batch: event.batch, examples: event.examples, exampleCount: validation.dataset.count)
      for callback in callbacks {
        switch event.kind {
        case .batchBegan: try callback.validationBatchBegan(batch)
        case .batchEnded: try callback.validationBatchEnded(batch)
        }
      }
    }
    try onLeader { for callback in callbacks { try callback.validationEnded(epoch, evaluation) } }
    return evaluation
  }

  private func computeStatistics() throws {
    guard case .batches(let count)? = options.preciseStatistics else { return }
    func compute() throws {
      try step.model.recomputeStatistics(
        from: loader.dataset, batches: count, batchSize: loader.batchSize, seed: loader.seed,
        epoch: progress.randomEpoch)
    }
    try distribution?.together(compute) ?? compute()
  }

  /// Stores the number of epochs in the model, so that the next training uses other random numbers.
  private func countEpochs() {
    (step.model as? Model)?.trainedEpochs = progress.begunEpochs
  }

  private func judge(_ loss: Double) -> TrainingDecision {
    guard !loss.isFinite || (step.keepsFinite && step.nonFinite != nil) else { return .proceed }
    let subject = loss.isFinite ? "a gradient is not finite" : "the loss is \(decimal(loss, digits: 4))"
    let count = loader.batchCount == .max ? "" : " of \(loader.batchCount)"
    warnOfLoss("\(subject) in epoch \(progress.epoch + 1), batch \(progress.batch)\(count)")
    guard options.nonFiniteLoss == .stop else { return .proceed }
    outcome = .diverged
    progress.hasDiverged = true
    return .stop
  }

  private func warnOfLoss(_ fact: String) {
    guard !hasWarnedOfLoss else { return }
    hasWarnedOfLoss = true
    let place = step.nonFinite.map { ", first \($0)" } ?? ""
    warn("\(fact): the training has diverged\(place). \(step.nonFinite?.advice ?? NonFiniteValue.adviceForTraining)")
  }

  func warn(_ warning: String) {
    for callback in callbacks { callback.warned(warning) }
  }

  private func finishWriting() throws {
    try onLeader {
      checkpoints?.wait()
      try checkpoints?.check()
    }
  }
}
