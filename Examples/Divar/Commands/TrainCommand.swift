import ArgumentParser
import Foundation
import Kilim

/// `divar train`: makes a trained model, its charts and its figures from a folder of photos.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains the original network, or a classifier on a given one, on a folder of photos.",
    discussion: """
      The data folder has one sub-folder of photos for each class, or is split already: such folders in the sub-folders \
      train, val and test, or train and one of the others. A table (.csv, .tsv, .jsonl) may list the photos instead, \
      with one class (--label-column), several classes (--label-separator) or numbers (--number-columns). The output \
      folder gets the model (model.keras), the figures (history.csv, report.txt) and pictures (curves, confusion \
      matrix, sample predictions). With --report, all of it is also written as one page for a browser; divar report \
      makes it later, also of several trainings.

      Ctrl-C and the signals TERM and HUP end the training after the current step. All results are written, and the \
      exit code is 130 (143 for TERM, 129 for HUP). A second signal ends the program at once.

      During the training, its state is saved in the folder "checkpoints" of the output folder: the three newest \
      checkpoints and that of the best epoch. If the training is interrupted (by Ctrl-C, a crash, a power failure), \
      run the same command with --resume: it continues from the newest checkpoint and gives bit-identical results to \
      an uninterrupted run. With --resume you may also ask for more epochs, even after the end of the training. All \
      other options must be the same.

      With --backbone, a model that was trained on many other photos computes the features of each photo once, and a \
      new classifier is trained on them. This takes seconds, and needs far fewer photos. The features are kept in \
      features.safetensors in the output folder, where a run with --restart finds them. --feature-cache names another \
      file, for several output folders with the same backbone: a run with another one replaces the features in it. With --fine-tune, the backbone is then trained too, on the photos, in one or \
      more stages.

      With --folds, a model is trained for each fold of a cross-validation, in the folders fold-1, fold-2, … of the output \
      folder, and folds.txt has the mean and the deviation of their figures.
      """)

  @OptionGroup(title: "Data") var data: DataOption

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder for the results: empty, new, or that of an earlier training with --resume or --restart.",
      valueName: "folder"), transform: nonEmpty)
  var output: String

  @Flag(
    help:
      "Continue from the newest undamaged checkpoint in the output folder; start anew if there is none and no model.")
  var resume = false

  @Flag(help: "Start a new training in the output folder of an earlier one, and remove its checkpoints and results.")
  var restart = false

  @OptionGroup(title: "Training") var training: TrainingOptions

  @OptionGroup(title: "Backbone") var backbone: BackboneOptions

  @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningOptions

  @OptionGroup(title: "Photos") var photos: TrainingPhotoOptions

  @OptionGroup(title: "Recipe") var recipe: RecipeOptions

  @OptionGroup(title: "Saving") var saving: SavingOptions

  @OptionGroup(title: "Several processes") var ranks: RankOptions

  @OptionGroup(title: "Display") var display: DisplayOptions

  @Option(
    help: ArgumentHelp(
      "A page (.html) to write with the curves, the confusion matrix, the worst mistakes and more.", valueName: "file"),
    transform: nonEmpty)
  var report: String?

  @Flag(help: "Replace the page of --report if it exists already.")
  var overwrite = false

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func validate() throws {
    guard !(resume && restart) else {
      throw ValidationError("--resume and --restart cannot be used together")
    }
    if photos.folds != nil, photos.fold == nil, ranks.ranks != nil || Distributed.isStartedByMPI {
      throw ValidationError("--folds with several processes needs --fold, the number of the fold to train")
    }
    try recipe.check(data.table)
    try saving.check(data.table)
    try photos.check(data.table)
    let isFineTuned = fineTuning.fineTune != nil
    guard backbone.backbone != nil else {
      if isFineTuned { throw ValidationError("--fine-tune needs --backbone") }
      return
    }
    if let option = recipe.used, !isFineTuned {
      throw ValidationError("\(option) with --backbone needs --fine-tune: a classifier alone is trained on features")
    }
    if resume, !isFineTuned {
      throw ValidationError(
        "--resume with --backbone needs --fine-tune: with --restart, the features that are there are used again")
    }
    guard photos.augment ? backbone.views > 1 || isFineTuned : backbone.views == 1 else {
      throw ValidationError(
        "--augment with --backbone needs --views of 2 or more or --fine-tune, and --views needs --augment, or all views are "
          + "the same")
    }
    guard photos.resize == nil, photos.framing == nil, !photos.normalize else {
      throw ValidationError(
        "--resize, --framing and --normalize cannot be used with --backbone, which says how photos become inputs")
    }
    if training.preciseStatistics != nil {
      throw ValidationError("--precise-statistics cannot be used with --backbone, which has its statistics already")
    }
  }

  func run() throws {
    try checkPlaces()
    if let folds = photos.folds, photos.fold == nil { return try trainFolds(folds) }
    if let launch = ranks.launch {
      let code = try launch.run(Array(CommandLine.arguments.dropFirst()))
      if code != 0 { throw ExitCode(code) }
      return
    }
    let distribution = try ranks.distribution()
    threads.apply()
    display.apply()
    if distribution?.isLeader == false { Console.isQuiet = true }
    let record = try TrainingRecord(of: self)
    // Photos that are streamed are read during the training. Those that cannot be read are left out before it.
    let canSkip = photos.unreadable.stops
    try advising(canSkip: canSkip, furtherAdvice: canSkip ? nil : adviceForLostPhotos) {
      if let file = backbone.backbone {
        try withFeatures(from: file) { try trainClassifier(on: file, record, distribution) }
      } else {
        try trainOriginalNetwork(record, distribution)
      }
    }
  }

  /// What helps if a photo cannot be read that could be read before the training.
  private var adviceForLostPhotos: String {
    let start = "add --restart to train without it"
    let hasCheckpoints = backbone.backbone == nil || fineTuning.fineTune != nil
    return "the photo was there before the training: "
      + (hasCheckpoints ? "put it back as it was and add --resume to continue from the last step, or " : "") + start
  }

  /// Trains the network. Rank 0 alone writes files and prints.
  private func trainOriginalNetwork(_ record: TrainingRecord, _ distribution: Distribution?) throws {
    let (preprocessing, batchSize, seed) = (photos.preprocessing, training.batch.batchSize, training.seed.seed)
    let size = preprocessing.imageSize
    try MemoryNeed(training: size, batchSize: batchSize)
      .check("--image-size \(size.height)x\(size.width) with --batch-size \(batchSize)")
    let leads = distribution?.isLeader ?? true
    let run = try runFolder(distribution)
    let parts = try photos.read(data, preprocessing, seed: seed)
    let train = parts.train

    let objective = Objective(train.targetMeaning)
    try saving.check(for: objective)
    let model = try originalNetwork(
      imageSize: size, outputs: objective.outputs, activation: objective.activation, seed: UInt64(seed))
    model.classes = train.classes
    model.preprocessing = train.preprocessing
    try Console.print(model.summary())
    let compiled = KerasTraining(
      optimizer: Adam(learningRate: .constant(training.learningRate)), loss: try recipe.loss(for: objective),
      metrics: objective.metrics)
    // The network beside the checkpoints says what its outputs mean, as the model does at the end.
    if train.classLabels == nil { model.targetMeaning = train.targetMeaning }
    model.outputMeaning = compiled.loss.outputMeaning
    if let run {
      // Checked before hours of work, not after.
      try model.checkSavable(
        to: run.path(RunFolder.modelName), optimizer: compiled.optimizer, loss: compiled.loss, metrics: compiled.metrics
      )
      try run.open()
      try run.write(network: model, targets: train.targetMeaning)
    }
    let checkpoints = run.map {
      Checkpoints(
        $0.path(RunFolder.checkpointsName), every: .seconds(saving.checkpointEvery),
        keepBest: saving.figure(for: objective), resume: !restart)
    }
    let stop = StopRequest()
    var isFinite = true
    let (wasStopped, exitCode) = try withInterrupt(requesting: stop) {
      let history = try model.fit(
        photos.balance == .sampling ? try train.balanced(seed: UInt64(seed)) : train, validation: parts.validation,
        epochs: training.epochs, batchSize: batchSize, optimizer: compiled.optimizer, loss: compiled.loss,
        metrics: compiled.metrics, seed: UInt64(seed), augmentation: recipe.augmentation(photos.augment),
        mixing: recipe.mixing,
        classWeights: photos.balance == .weights ? try train.classWeights : nil,
        preciseStatistics: training.preciseStatistics.map { .batches($0) },
        callbacks: (run.map { [CSVLogger($0.path("history.csv"))] } ?? []) + [stop], checkpoints: checkpoints,
        progress: leads ? display.progress(stop: stop) : .silent, distribution: distribution)
      isFinite = try finish(
        model, compiled, history, parts, run, record, best: saving.keep == .best ? checkpoints?.best : nil,
        distribution)
      return history.wasStopped
    }
    // Another exit code of one of several processes than 0 would count as a failure, and end the others.
    guard distribution == nil else { return }
    if wasStopped { throw ExitCode(exitCode ?? 130) }
    if !isFinite { throw ExitCode.failure }
  }

  /// Chooses the weights, measures the model, writes all results, and prints the figures.
  ///
  /// - Returns: whether the answers of the model are numbers.
  private func finish(
    _ model: Sequential, _ compiled: KerasTraining, _ history: History, _ parts: TrainingPhotos, _ run: RunFolder?,
    _ record: TrainingRecord, best: String?, _ distribution: Distribution?
  ) throws -> Bool {
    var file = KerasFile(model: model, training: compiled)
    if let best {
      try model.load(checkpoint: best)
      // The state of the optimizer belongs to the last epoch.
      file.training = nil
    }
    try distribution?.share(model)
    let evaluation = try model.evaluate(
      parts.test, batchSize: training.batch.batchSize, loss: compiled.loss, metrics: compiled.metrics,
      distribution: distribution)
    guard let run else { return evaluation.warning == nil }
    try run.write(file, history, evaluation, test: parts.test)
    record.write(
      in: run, model, history, evaluation, loss: compiled.loss, train: parts.train, test: parts.test)

    if history.wasStopped {
      try Console.print(
        "stopped after \(history.epochs.count) of \(training.epochs) epochs; the same command with --resume continues")
    }
    if best != nil {
      let figure = saving.figure(for: Objective(evaluation.targetMeaning))
      try Console.print(
        "model.keras holds the epoch with the best \(figure), \(saving.bestEpoch(of: history, by: figure)). "
          + parts.remarkOnChoice)
    } else if saving.keep == .best {
      Console.warn(saving.noBestEpoch(of: history, by: saving.figure(for: Objective(evaluation.targetMeaning))))
    }
    try evaluation.printFigures(of: "test ")
    if let warning = evaluation.warning { Console.complain("Error: \(warning)") }
    return evaluation.warning == nil
  }
}
