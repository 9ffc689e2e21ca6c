import Foundation
import Kilim

extension TrainCommand {
  /// Trains a backbone and its trained classifier in stages, and writes all results.
  ///
  /// - Parameters:
  ///   - model: the backbone and the classifier.
  ///   - stages: what is trained, and how.
  ///   - first: the training of the classifier.
  /// - Returns: the figures of the whole training.
  func fineTune(
    _ model: Model, _ stages: FineTuning, after first: History, _ train: ImageDataset, _ test: ImageDataset,
    _ run: RunFolder?, _ record: TrainingRecord, _ stop: StopRequest, _ distribution: Distribution?
  ) throws -> History {
    let (batchSize, seed) = (training.batch.batchSize, UInt64(training.seed.seed))
    let objective = Objective(train.targetMeaning)
    let (loss, figure) = (try recipe.loss(for: objective), saving.figure(for: objective))
    let checkpoints = run.map {
      Checkpoints(
        $0.path(RunFolder.checkpointsName), every: .seconds(saving.checkpointEvery), keepBest: figure,
        resume: !restart)
    }
    try run?.write(network: model)
    let second = try model.fit(
      photos.balance == .sampling ? train.balanced(seed: seed) : train, validation: test, fineTuning: stages,
      batchSize: batchSize, loss: loss, metrics: objective.metrics, seed: seed,
      augmentation: recipe.augmentation(photos.augment), mixing: recipe.mixing,
      classWeights: photos.balance == .weights ? train.classWeights : nil,
      callbacks: (run.map { [HistoryFile($0.path("history.csv"), after: first)] } ?? []) + [stop],
      checkpoints: checkpoints, progress: run == nil ? .silent : display.progress(stop: stop),
      distribution: distribution)
    let history = first.followed(by: second, stage: "classes")
    let best = saving.keep == .best ? checkpoints?.best : nil
    if let best { try model.load(checkpoint: best) }
    try distribution?.share(model)

    let evaluation = try model.evaluate(
      test, batchSize: batchSize, loss: loss, metrics: objective.metrics, distribution: distribution)
    guard let run else { return history }
    try run.write(KerasFile(model: model), history, evaluation, test)
    record.write(in: run, model, history, evaluation, train: train, test: test)
    if let warning = evaluation.warning { Console.warn(warning) }
    if second.wasStopped { try Console.print("stopped; the same command with --resume continues") }
    if best != nil {
      try Console.print(
        "model.keras holds the epoch of the stages with the best \(figure), "
          + "\(saving.bestEpoch(of: second, by: figure)). It was chosen by the test photos, so its figures on them are a little too good."
      )
    } else if saving.keep == .best {
      Console.warn("no epoch of the stages was finished: model.keras holds the weights as they are")
    }
    try evaluation.printFigures(of: "test ")
    return history
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
