import ArgumentParser
import Foundation
import Kilim

extension TrainCommand {
  /// Trains a classifier on the features that a trained network makes of the photos, and saves both as one model.
  func trainClassifier(on file: String) throws {
    let (batchSize, seed) = (training.batch.batchSize, training.seed.seed)
    let trunk = try Backbone(file, layer: backbone.features.layer, imageSize: photos.imageSize)
    try MemoryNeed(running: trunk.model, batchSize: batchSize).check("--batch-size \(batchSize)")
    let stages = fineTuning.fineTune
    try stages?.check(backbone: trunk.model)
    let run = try RunFolder(output, start: start, outside: data.data)
    // Without stages, each photo is needed once.
    let (train, test) = try photos.read(
      data, trunk.preprocessing, seed: seed, storage: stages == nil ? .streamed : .automatic)
    try run.open(hasCheckpoints: stages != nil)

    let path = try backbone.features.cachePath(outside: data.data)
    let cache = FeatureCache(of: trunk.model, file: path ?? run.path(RunFolder.featuresName))
    let progress = FeatureProgress()
    let balanced = photos.balance == .sampling ? train.balanced(seed: UInt64(seed)) : train
    let features = try cache.features(
      of: balanced, views: backbone.views, augmentation: backbone.views > 1 ? .standard : nil, seed: UInt64(seed)
    ) { progress.show("training", $0, $1) }
    let testFeatures = try cache.features(of: test) { progress.show("test", $0, $1) }

    let objective = Objective(train.targetMeaning ?? .unknown)
    let head = try classifier(on: features, objective, seed: UInt64(seed))
    let compiled = KerasTraining(
      optimizer: Adam(learningRate: .constant(training.learningRate)), loss: objective.loss,
      metrics: objective.metrics)
    let stop = StopRequest()
    let (wasStopped, exitCode) = try withInterrupt(requesting: stop) {
      let history = try head.fit(
        features, validation: testFeatures, epochs: training.epochs, batchSize: batchSize,
        optimizer: compiled.optimizer, loss: compiled.loss, metrics: compiled.metrics, seed: UInt64(seed),
        classWeights: photos.balance == .weights ? train.classWeights : nil,
        callbacks: [CSVLogger(run.path("history.csv")), stop])
      if let stages, !history.wasStopped {
        let model = try trunk.model.followed(by: head)
        return try fineTune(model, stages, after: history, train, test, run, stop).wasStopped
      }
      let evaluation = try head.evaluate(testFeatures, batchSize: batchSize, loss: compiled.loss)
      // The optimizer knows the parameters of the classifier alone, so its state is not saved.
      try run.write(KerasFile(model: try trunk.model.followed(by: head)), history, evaluation, test)
      if let warning = evaluation.warning { Console.warn(warning) }
      try evaluation.printFigures(of: "test ")
      return history.wasStopped
    }
    if wasStopped { throw ExitCode(exitCode ?? 130) }
  }
}

/// The new last layers for the targets of photos.
func classifier(on features: FeatureDataset, _ objective: Objective, seed: UInt64) throws -> Sequential {
  try Sequential(input: features.inputShape, seed: seed) {
    Dropout(0.2)
    Dense(objective.outputs, activation: objective.activation).named("classes")
  }
}
