import ArgumentParser
import Kilim

/// A saved model that is measured on photos.
struct MeasuredModel {
  /// Its path.
  let path: String
  let model: Model
  /// The photos.
  let images: ImageDataset
  /// What it gives for them.
  let evaluation: Evaluation

  /// Reads photos, and measures a model.
  ///
  /// - Throws: ``ModelMeaningError`` and ``DifferentLabels`` when they do not fit, and the errors of the library.
  init(
    _ network: Model, from path: String, _ meaning: PhotoMeaningOptions, on data: DataOption,
    _ unreadable: UnreadablePolicy, _ limits: ImageLimits, batchSize: Int, views: TestViews = .single,
    _ distribution: Distribution? = nil
  ) throws {
    try meaning.completeForUse(network, from: path)
    try network.check(views, from: path)
    try MemoryNeed(running: network, batchSize: batchSize).check("--batch-size \(batchSize)")
    guard let preprocessing = network.preprocessing else { throw ModelMeaningError.noPreprocessing(path) }
    let (told, found) = (PhotoLabels(of: network), PhotoLabels(of: data.table))
    guard told == found else {
      throw DifferentLabels(model: path, data: data.data, told: told, found: found, classes: network.classes)
    }
    let (loss, targets) = network.measure
    let photos = try advising {
      try data.table.read(
        data.data, preprocessing, classes: network.classes.isEmpty ? nil : network.classes,
        unreadable: unreadable, targets: targets, limits: limits)
    }
    try photos.reportProblems()
    var images = photos.images
    if case .numbers(_, let scaling?) = network.targetMeaning { images = try images.standardizingTargets(by: scaling) }
    evaluation = try network.evaluate(
      images, batchSize: batchSize, loss: loss, metrics: network.targetMeaning.map { Objective($0).metrics },
      views: views, distribution: distribution)
    (self.path, model, self.images) = (path, network, images)
  }

  /// The probabilities that `divar predict` prints for the photos.
  ///
  /// - Throws: `JudgingError`, also if an output is not finite.
  var scores: ClassScores {
    get throws { try ClassScores(evaluation) }
  }

  /// A warning if the photos lack classes of the model.
  var absentClasses: String? {
    let absent = images.missingClasses
    guard !absent.isEmpty, absent.count < images.classes.count else { return nil }
    return "\(absent.count == 1 ? "the class" : "the classes") \(shortList(absent, limit: 10)) of \(path) "
      + "\(absent.count == 1 ? "has" : "have") no photos here: nothing is measured of \(absent.count == 1 ? "it" : "them"), "
      + "and the means over classes leave \(absent.count == 1 ? "it" : "them") out"
  }

  /// What is wrong if the model does not answer with finite numbers: with how many photos, and with which one first.
  var failure: ModelMeaningError? {
    guard evaluation.nonFiniteCount > 0 else { return nil }
    let width = evaluation.predicted.count / images.count
    let first = (evaluation.predicted.scalars.firstIndex { !$0.isFinite } ?? 0) / width
    return ModelMeaningError(
      path: path,
      problem:
        "its outputs are not finite numbers for \(evaluation.nonFiniteCount) of \(counted(images.count, "photo")), "
        + "the first of them \(images.paths[first])\(hasOneClassEach ? "; NaN counts as the first class" : "")")
  }

  /// Whether each photo has exactly one class.
  var hasOneClassEach: Bool {
    switch evaluation.targetMeaning {
    case .severalClasses, .numbers: false
    case .oneClass, .unknown, nil: true
    }
  }
}
