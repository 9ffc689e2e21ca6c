import ArgumentParser
import Foundation
import Kilim
import Serialization

/// `divar add-class`: teaches a classifier on a backbone another class.
struct AddClassCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-class", abstract: "Adds a class to a classifier on a backbone.",
    discussion: """
      The features of the new photos are computed; those of the other photos are in features.safetensors in the output folder of \
      the training, and their photos are not needed. The classifier is trained anew on both, with the options of the first \
      training, and written to another output folder, to which further classes can be added.
      """)

  @Argument(help: "The output folder of divar train --backbone, or of an earlier divar add-class.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "The folder with one sub-folder of photos for each new class, or a table (.csv, .tsv, .jsonl) that lists the photos.",
      valueName: "folder or table"), transform: nonEmpty)
  var data: String

  @OptionGroup(title: "Table") var table: TableOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder for the results: empty or new.", valueName: "folder"), transform: nonEmpty)
  var output: String

  @Option(
    help: ArgumentHelp(
      "The file of features of the first training, if --feature-cache named it. (default: features.safetensors in its output "
        + "folder)", valueName: "file"), transform: nonEmpty)
  var featureCache: String?

  @OptionGroup(title: "Photos") var unreadable: UnreadableOptions

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func run() throws {
    threads.apply()
    let (earlier, whole) = try earlierRun()
    let run = try newFolder()
    let examples = try RunExamples(contentsOf: earlier.path(RunExamples.name))
    let (trunk, preprocessing) = try backbone(of: whole, examples, earlier)
    let photos = try advising {
      try table.read(
        data, preprocessing, need: .anyClass, unreadable: unreadable.policy, storage: .streamed, limits: limits.limits)
    }
    try photos.reportProblems()
    let classes = photos.images.classes
    if let known = classes.first(where: { name in whole.classes.contains { ExactText($0) == ExactText(name) } }) {
      throw AddClassError(path: place(of: known), problem: "\(model) knows the class \(known) already")
    }
    for hint in nameHints(whole.classes + classes) { Console.warn(hint) }
    let (train, test) = try split(photos.images, examples)

    // The new folder gets the features of all photos, so that classes can be added to it in turn.
    let known = FeatureCache(of: trunk, file: featureCache ?? earlier.path(RunFolder.featuresName))
    let (oldTrain, oldTest) = (try known.features(listed: examples.train), try known.features(listed: examples.test))
    try run.open(hasCheckpoints: false)
    let file = run.path(RunFolder.featuresName)
    try writeAtomically(readFile(known.file ?? "", limit: .max), to: file)
    let cache = FeatureCache(of: trunk, file: file)
    let progress = FeatureProgress()
    let views = examples.train.views
    let newTrain = try cache.features(
      of: train, views: views, augmentation: views > 1 ? .standard : nil, seed: UInt64(examples.seed)
    ) { progress.show("new training", $0, $1) }
    let newTest = try cache.features(of: test) { progress.show("new test", $0, $1) }
    for (features, photos) in [(newTrain, train), (newTest, test)] {
      try warn(ofCopiesIn: features, photos, of: [oldTrain, oldTest])
    }
    try write(
      examples, trunk, FeatureDataset(joining: oldTrain, newTrain), FeatureDataset(joining: oldTest, newTest), run)
  }

  /// The folder of a new class; the table and the class, if one lists the photos.
  private func place(of name: String) -> String {
    pathKind(data) == .file ? "\(data), class \(name)" : join(data, name)
  }

  /// The new photos to train and to test with.
  ///
  /// - Throws: ``AddClassError`` if there are too few.
  private func split(
    _ photos: ImageDataset, _ examples: RunExamples
  ) throws -> (train: ImageDataset, test: ImageDataset) {
    for (name, count) in zip(photos.classes, photos.counts) where count < 2 {
      throw AddClassError(
        path: place(of: name),
        problem: "it has \(counted(count, "photo")), and at least 2 are needed: to train with, and to test with")
    }
    do {
      return try photos.split(testShare: examples.testShare, seed: examples.seed, stratify: true)
    } catch let error as SplitError {
      throw AddClassError(path: data, problem: "\(error)")
    }
  }

  /// Warns of new photos that show the same as known ones, which are of other classes.
  private func warn(ofCopiesIn new: FeatureDataset, _ photos: ImageDataset, of known: [FeatureDataset]) throws {
    let copies = try known.flatMap { part in
      try DataDoctor.nearDuplicates(of: new, in: part).map { ($0, part) }
    }
    guard let (worst, part) = copies.max(by: { $0.0.similarity < $1.0.similarity }) else { return }
    let label = Int(part.targets.select(worst.second * part.views).argmax().scalar)
    Console.warn(
      "\(counted(Set(copies.map(\.0.first)).count, "new photo")) may show the same as photos of known classes, first of all "
        + "\(photos.paths[worst.first]), which is also a photo of \(part.classes[label])")
  }

  /// The output folder.
  private func newFolder() throws -> RunFolder {
    do {
      return try RunFolder(output, outside: data, otherResults: [RunExamples.name])
    } catch let error as EarlierRunError {
      throw AddClassError(path: error.folder, problem: "it has results of an earlier training; name another folder")
    }
  }

  /// The folder of the earlier training, and its model.
  private func earlierRun() throws -> (EarlierRun, Model) {
    let run = EarlierRun(root: model)
    guard pathKind(model) == .folder, pathKind(run.path(RunFolder.modelName)) == .file else {
      throw AddClassError(
        path: model,
        problem: "it is not the output folder of a training with a \(RunFolder.modelName); expected that of "
          + "divar train --backbone")
    }
    let whole = try readModel(run.path(RunFolder.modelName))
    switch whole.targetMeaning {
    case .severalClasses, .numbers:
      throw AddClassError(
        path: model,
        problem: "its model predicts \(whole.targetMeaning?.inWords ?? ""); classes can be added only where each photo "
          + "has one class")
    case .oneClass, .unknown, nil: break
    }
    guard pathKind(run.path(RunExamples.name)) == .file else {
      throw AddClassError(
        path: model,
        problem: "it holds no \(RunExamples.name): only divar train --backbone writes what is needed to add a "
          + "class; a training of the whole network has to begin anew with all photos")
    }
    return (run, whole)
  }

  /// The part of a model that makes the features, and how photos become its inputs.
  private func backbone(of whole: Model, _ examples: RunExamples, _ run: EarlierRun) throws -> (Model, Preprocessing) {
    guard let preprocessing = whole.preprocessing else {
      throw ModelMeaningError.noPreprocessing(run.path(RunFolder.modelName))
    }
    do {
      return (try whole.upTo(examples.layer), preprocessing)
    } catch let error as ModelError {
      throw AddClassError(path: run.path(RunFolder.modelName), problem: "\(error); its features are in another model")
    }
  }

  /// Trains the classifier and writes all results.
  private func write(
    _ examples: RunExamples, _ trunk: Model, _ train: FeatureDataset, _ test: FeatureDataset, _ run: RunFolder
  ) throws {
    var classifier = ClassifierTraining(
      objective: Objective(.oneClass(names: train.classes)), epochs: examples.epochs, batchSize: examples.batchSize,
      learningRate: examples.learningRate,
      seed: UInt64(examples.seed))
    let list = try train.list()
    if examples.isWeighted { classifier.classWeights = list.classWeights }
    let head = try classifier.head(for: train)
    let history = try classifier.fit(head, train, validation: test, callbacks: [CSVLogger(run.path("history.csv"))])
    let evaluation = try head.evaluate(test, batchSize: examples.batchSize, loss: classifier.objective.loss)
    head.confidence = try classifier.confidence(on: train)
    let remarks = try head.confidence?.report(on: evaluation, test)
    try run.write(
      KerasFile(model: try trunk.followed(by: head)), history, evaluation, test: nil, remarks: remarks)
    try RunExamples(
      layer: examples.layer, train: list, test: test.list(), classifier, seed: examples.seed,
      testShare: examples.testShare
    ).write(to: run.path(RunExamples.name))
    if let warning = evaluation.warning { Console.warn(warning) }
    try evaluation.printFigures(of: "test ")
    if let remarks { try Console.print(remarks) }
  }
}

/// The output folder of a finished training.
private struct EarlierRun {
  let root: String

  func path(_ name: String) -> String { join(root, name) }
}
