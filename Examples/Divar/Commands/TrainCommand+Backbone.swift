import ArgumentParser
import Foundation
import Kilim

extension TrainCommand {
  /// Trains a classifier on the features that a trained network makes of the photos, and saves both as one model.
  ///
  /// Several processes share the features and the stages of `--fine-tune`. The classifier takes seconds, so each of them trains
  /// the same. Rank 0 alone writes files and prints.
  func trainClassifier(on file: String, _ record: TrainingRecord, _ distribution: Distribution?) throws {
    let (batchSize, seed) = (training.batch.batchSize, training.seed.seed)
    let trunk = try Backbone(file, layer: backbone.features.layer, imageSize: photos.imageSize, exact: photos.exact)
    try trunk.requireFeatures(from: file)
    try MemoryNeed(running: trunk.model, batchSize: batchSize).check("--batch-size \(batchSize)")
    let stages = fineTuning.fineTune
    try stages?.check(backbone: trunk.model)
    let leads = distribution?.isLeader ?? true
    let run = try runFolder(distribution)
    // Without stages, each photo is needed once.
    let parts = try photos.read(
      data, trunk.preprocessing, seed: seed, storage: stages == nil ? .streamed : .automatic)
    let (train, test) = (parts.train, parts.test)
    let objective = Objective(train.targetMeaning)
    try saving.check(for: objective)
    let path = try backbone.features.cachePath(outside: data.data)
    try run?.open(hasCheckpoints: stages != nil, usesFeatures: path == nil)

    let cache = FeatureCache(of: trunk.model, file: path ?? run?.path(RunFolder.featuresName))
    let progress = FeatureProgress()
    let balanced = photos.balance == .sampling ? try train.balanced(seed: UInt64(seed)) : train
    let features = try cache.features(
      of: balanced, views: backbone.views, augmentation: backbone.views > 1 ? .standard : nil, seed: UInt64(seed),
      distribution: distribution
    ) { progress.show("training", $0, $1) }
    let testFeatures = try cache.features(of: test, distribution: distribution) { progress.show("test", $0, $1) }
    let validationFeatures =
      parts.hasOwnValidation ? try cache.features(of: parts.validation, distribution: distribution) : testFeatures
    if leads { try warn(ofCopiesIn: testFeatures, test, of: features, balanced) }

    let classifier = ClassifierTraining(
      objective: objective, epochs: training.epochs, batchSize: batchSize, learningRate: training.learningRate,
      seed: UInt64(seed), classWeights: photos.balance == .weights ? try train.classWeights : nil)
    let head = try classifier.head(for: features)
    let stop = StopRequest()
    var isFinite = true
    let (wasStopped, exitCode) = try withInterrupt(requesting: stop) {
      let history = try classifier.fit(
        head, features, validation: validationFeatures,
        callbacks: (run.map { [CSVLogger($0.path("history.csv"))] } ?? []) + [stop],
        progress: leads ? display.progress(stop: stop) : .silent)
      if let stages, !history.wasStopped {
        let model = try trunk.model.followed(by: head)
        let (whole, answersAreFinite) = try fineTune(
          model, stages, after: history, features: trunk.model.outputNames[0], parts, run, record, stop, distribution)
        isFinite = answersAreFinite
        return whole.wasStopped
      }
      guard let run else { return history.wasStopped }
      let evaluation = try head.evaluate(
        testFeatures, batchSize: batchSize, loss: objective.loss, metrics: objective.metrics)
      let hasOneClass = train.classLabels != nil
      if hasOneClass, !history.wasStopped { head.confidence = try classifier.confidence(on: features) }
      let remarks = try head.confidence?.report(on: evaluation, testFeatures)
      // The optimizer knows the parameters of the classifier alone, so its state is not saved.
      let model = try trunk.model.followed(by: head)
      try run.write(KerasFile(model: model), history, evaluation, test: test, remarks: remarks)
      record.write(
        in: run, model, history, evaluation, loss: objective.loss, train: train, test: test,
        confidence: head.confidence,
        features: testFeatures)
      if hasOneClass {
        try RunExamples(
          layer: trunk.model.outputNames[0], train: features.list(), test: testFeatures.list(), classifier,
          seed: photos.splitSeed ?? training.seed.seed, testShare: photos.shareForTests
        ).write(to: run.path(RunExamples.name))
      }
      try evaluation.printFigures(of: "test ")
      if let remarks { try Console.print(remarks) }
      if let warning = evaluation.warning { Console.complain("Error: \(warning)") }
      isFinite = evaluation.warning == nil
      return history.wasStopped
    }
    guard distribution == nil else { return }
    if wasStopped { throw ExitCode(exitCode ?? 130) }
    if !isFinite { throw ExitCode.failure }
  }

  /// Warns of test photos that the classifier sees in training too: its figures on them are too good.
  private func warn(
    ofCopiesIn test: FeatureDataset, _ testPhotos: ImageDataset, of train: FeatureDataset, _ trainPhotos: ImageDataset
  ) throws {
    let copies = try DataDoctor.nearDuplicates(of: test, in: train)
    guard let worst = copies.first else { return }
    Console.warn(
      "\(counted(Set(copies.map(\.first)).count, "test photo")) may show the same as training photos, first of all "
        + "\(testPhotos.paths[worst.first]) and \(trainPhotos.paths[worst.second]); divar inspect --backbone lists them"
    )
  }
}
