import ArgumentParser
import Foundation
import Kilim

/// `divar rate`: looks for a learning rate before a training.
struct RateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rate", abstract: "Suggests a learning rate for divar train.",
    discussion: """
      The command trains for some steps, with a learning rate that grows from step to step, and watches the loss. It prints a \
      rate in the middle of the longest fall of the loss. The trained weights are not kept.

      With --backbone, it is the rate of the classifier on the features of the backbone.
      """)

  @OptionGroup(title: "Data") var data: DataOption

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A picture to write of the loss over the learning rate; its name ends in .png, .svg or .pdf.", valueName: "file"),
    transform: nonEmpty)
  var output: String?

  @OptionGroup var overwrite: OverwriteOption

  @Option(
    parsing: .unconditional, help: ArgumentHelp("The number of steps. (default: 100)", valueName: "count"),
    transform: wholeNumber(from: 20, to: 100_000))
  var steps = 100

  @OptionGroup var batch: BatchSizeOption

  @OptionGroup var seed: SeedOption

  @OptionGroup(title: "Backbone") var backbone: BackboneOptions

  @OptionGroup(title: "Photos") var photos: TrainingPhotoOptions

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func validate() throws {
    try photos.check(data.table)
    guard backbone.backbone == nil || !photos.normalize else {
      throw ValidationError("--normalize cannot be used with --backbone, which says how photos become inputs")
    }
  }

  func run() throws {
    threads.apply()
    let chart = try output.map { path in
      _ = try PictureFormat(path: path)
      return try OutputFile(
        path, overwrite: overwrite.overwrite, outside: data.data, keeping: backbone.inputs + photos.inputs)
    }
    try checkThatPlacesDiffer([
      ("--output", output), ("--cache", photos.cache), ("--feature-cache", backbone.features.featureCache),
    ])
    let search =
      try backbone.backbone.map { file in try withFeatures(from: file) { try searchForClassifier(file) } }
      ?? searchForNetwork()
    if let chart {
      let picture = search.chart()
      try chart.write { try picture.write(to: $0) }
    }
    guard let rate = search.suggestion else {
      throw RateError(steps: search.rates.count)
    }
    try Console.print("suggested: --learning-rate \(String(format: "%.2g", rate))")
  }

  private func searchForNetwork() throws -> LearningRateSearch {
    let size = photos.preprocessing.imageSize
    try MemoryNeed(training: size, batchSize: batch.batchSize)
      .check("--image-size \(size.height)x\(size.width) with --batch-size \(batch.batchSize)")
    let train = try photos.read(data, photos.preprocessing, seed: seed.seed).train
    let objective = Objective(train.targetMeaning)
    let model = try originalNetwork(
      imageSize: size, outputs: objective.outputs, activation: objective.activation, seed: UInt64(seed.seed))
    return try model.findLearningRate(
      train, steps: steps, batchSize: batch.batchSize, loss: objective.loss, seed: UInt64(seed.seed),
      augmentation: photos.augment ? .standard : nil)
  }

  private func searchForClassifier(_ file: String) throws -> LearningRateSearch {
    let trunk = try Backbone(file, layer: backbone.features.layer, imageSize: photos.imageSize, exact: photos.exact)
    try MemoryNeed(running: trunk.model, batchSize: batch.batchSize).check("--batch-size \(batch.batchSize)")
    let path = try backbone.features.cachePath(outside: data.data)
    let train = try photos.read(data, trunk.preprocessing, seed: seed.seed, storage: .streamed).train
    let progress = FeatureProgress()
    let features = try FeatureCache(of: trunk.model, file: path).features(of: train) {
      progress.show("training", $0, $1)
    }
    let objective = Objective(train.targetMeaning)
    let head = try objective.head(for: features, seed: UInt64(seed.seed))
    return try head.findLearningRate(
      features, steps: steps, batchSize: batch.batchSize, loss: objective.loss, seed: UInt64(seed.seed))
  }
}

/// The loss diverged before there was enough of it to suggest a rate.
private struct RateError: Error, CustomStringConvertible {
  let steps: Int
  var description: String {
    "the loss was not a number, or much too high, after \(counted(steps, "step")): no learning rate can be suggested"
  }
}
