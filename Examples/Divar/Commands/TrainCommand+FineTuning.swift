import Foundation
import Kilim

extension TrainCommand {
  /// Trains a backbone and its trained classifier in stages, and writes all results.
  ///
  /// - Parameters:
  ///   - model: the backbone and the classifier.
  ///   - stages: what is trained, and how.
  ///   - first: the training of the classifier.
  ///   - layer: the layer of the backbone whose features the classifier gets.
  /// - Returns: the figures of the whole training, and whether the answers of the model are numbers.
  func fineTune(
    _ model: Model, _ stages: FineTuning, after first: History, features layer: String, _ parts: TrainingPhotos,
    _ run: RunFolder?, _ record: TrainingRecord, _ stop: StopRequest, _ distribution: Distribution?
  ) throws -> (history: History, isFinite: Bool) {
    let (train, test) = (parts.train, parts.test)
    let (batchSize, seed) = (training.batch.batchSize, UInt64(training.seed.seed))
    let objective = Objective(train.targetMeaning)
    let (loss, figure) = (try recipe.loss(for: objective), saving.figure(for: objective))
    let checkpoints = run.map {
      Checkpoints(
        $0.path(RunFolder.checkpointsName), every: .seconds(saving.checkpointEvery), keepBest: figure,
        resume: !restart)
    }
    try run?.write(network: model, targets: train.targetMeaning)
    let second = try model.fit(
      photos.balance == .sampling ? try train.balanced(seed: seed) : train, validation: parts.validation,
      fineTuning: stages,
      batchSize: batchSize, loss: loss, metrics: objective.metrics, seed: seed,
      augmentation: recipe.augmentation(photos.augment), mixing: recipe.mixing,
      classWeights: photos.balance == .weights ? try train.classWeights : nil,
      callbacks: (run.map { [HistoryFile($0.path("history.csv"), after: first)] } ?? []) + [stop],
      checkpoints: checkpoints, progress: run == nil ? .silent : display.progress(stop: stop),
      distribution: distribution)
    let history = first.followed(by: second, stage: "classes")
    let best = saving.keep == .best ? checkpoints?.best : nil
    if let best { try model.load(checkpoint: best) }
    try distribution?.share(model)

    let evaluation = try model.evaluate(
      test, batchSize: batchSize, loss: loss, metrics: objective.metrics, distribution: distribution)
    let remarks =
      train.classLabels != nil && !history.wasStopped && evaluation.warning == nil
      ? try learnConfidence(of: model, features: layer, evaluation, train, test, distribution) : nil
    guard let run else { return (history, evaluation.warning == nil) }
    try run.write(KerasFile(model: model), history, evaluation, test: test, remarks: remarks)
    record.write(
      in: run, model, history, evaluation, loss: loss, train: train, test: test, confidence: model.confidence)
    if second.wasStopped { try Console.print("stopped; the same command with --resume continues") }
    if best != nil {
      try Console.print(
        "model.keras holds the epoch of the stages with the best \(figure), "
          + "\(saving.bestEpoch(of: second, by: figure)). \(parts.remarkOnChoice)")
    } else if saving.keep == .best {
      Console.warn(saving.noBestEpoch(of: second, by: figure))
    }
    try evaluation.printFigures(of: "test ")
    if let remarks { try Console.print(remarks) }
    if let warning = evaluation.warning { Console.complain("Error: \(warning)") }
    return (history, evaluation.warning == nil)
  }

  /// Gives a trained model the temperature, and the rule for photos of none of the classes, for the features that it makes now. That
  /// takes one inference for each photo. The features of the backbone as it was are left in their file.
  ///
  /// - Returns: what both do for the test photos, in lines for the report.
  private func learnConfidence(
    of model: Model, features layer: String, _ evaluation: Evaluation, _ train: ImageDataset, _ test: ImageDataset,
    _ distribution: Distribution?
  ) throws -> String {
    let cache = FeatureCache(of: try model.upTo(layer))
    let progress = FeatureProgress()
    let known = try cache.features(of: train, distribution: distribution) { progress.show("training", $0, $1) }
    let heldOut = try cache.features(of: test, distribution: distribution) { progress.show("test", $0, $1) }
    let confidence = try Confidence(
      evaluation, layer: layer, learning: known, heldOut: heldOut, seed: UInt64(training.seed.seed))
    model.confidence = confidence
    return try confidence.report(on: evaluation, heldOut)
      + "\nboth were chosen by the test photos, so they fit these a little too well"
  }
}

/// Writes the history of two trainings, one after the other, after each epoch of the second.
private final class HistoryFile: Callback {
  private let path: String
  private let first: History

  init(_ path: String, after first: History) { (self.path, self.first) = (path, first) }

  func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    let whole = first.followed(by: history, stage: "classes")
    try writeAtomically(Array(whole.csv.utf8), to: path, replacing: .sameKind)
    return .proceed
  }
}
