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
  /// What divides the logits of the classes. The probabilities over several views have it already.
  private let temperature: Double

  /// Reads a model and photos, and measures.
  ///
  /// - Throws: ``ModelMeaningError`` and ``OtherClasses`` when they do not fit, and the errors of the library.
  init(
    _ path: String, _ meaning: PhotoMeaningOptions, on data: TrainingDataOption, _ unreadable: UnreadablePolicy,
    _ limits: ImageLimits, batchSize: Int, views: TestViews = .single, _ distribution: Distribution? = nil
  ) throws {
    let network = try readModel(path)
    try meaning.completeForUse(network, from: path)
    try network.check(views, from: path)
    try MemoryNeed(running: network, batchSize: batchSize).check("--batch-size \(batchSize)")
    guard let preprocessing = network.preprocessing else { throw ModelMeaningError.noPreprocessing(path) }
    let (loss, targets) = network.measure
    let photos = try advising {
      try data.table.read(
        data.data, preprocessing, classes: network.classes.isEmpty ? nil : network.classes,
        unreadable: unreadable, targets: targets, limits: limits)
    }
    try photos.reportProblems()
    var images = photos.images
    guard images.classes.equalsExactly(network.classes) else {
      throw OtherClasses(
        model: path, data: data.data, modelClasses: network.classes, dataClasses: images.classes)
    }
    if case .numbers(_, let scaling?) = network.targetMeaning { images = try images.standardizingTargets(by: scaling) }
    evaluation = try network.evaluate(
      images, batchSize: batchSize, loss: loss, metrics: network.targetMeaning.map { Objective($0).metrics },
      views: views, distribution: distribution)
    temperature = views == .single ? network.confidence?.temperature ?? 1 : 1
    (self.path, model, self.images) = (path, network, images)
  }

  /// The probabilities that `divar predict` prints for the photos.
  ///
  /// - Throws: `JudgingError`, also if an output is not finite.
  var scores: ClassScores {
    get throws { try ClassScores(evaluation, temperature: temperature) }
  }

  /// Whether each photo has exactly one class.
  var hasOneClassEach: Bool {
    switch evaluation.targetMeaning {
    case .severalClasses, .numbers: false
    case .oneClass, .unknown, nil: true
    }
  }
}

/// The classes of the model and of the data are different.
private struct OtherClasses: Error, CustomStringConvertible {
  let model, data: String
  let modelClasses, dataClasses: [String]

  var description: String {
    "\(data) has the classes \(dataClasses.joined(separator: ", ")); "
      + "\(model) knows \(modelClasses.joined(separator: ", "))"
  }
}
