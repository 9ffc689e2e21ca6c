import ArgumentParser
import Foundation
import Kilim

/// `divar evaluate`: measures a saved model on a folder of photos.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measures a saved model on a folder of photos.",
    discussion: """
      A file that Keras wrote holds neither class names nor how photos become inputs: --classes, --scale and the other \
      options of the model give them.
      """)

  @Argument(help: "The model: a .keras or .h5 file, a checkpoint, or the output folder of a training.")
  var model: String

  @OptionGroup(title: "Data") var data: TrainingDataOption

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  @OptionGroup(title: "Photos") var unreadable: UnreadableOptions

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Computing") var batch: BatchSizeOption

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func run() throws {
    threads.apply()
    let network = try readModel(model)
    try meaning.completeForUse(network, from: model)
    try MemoryNeed(running: network, batchSize: batch.batchSize).check("--batch-size \(batch.batchSize)")
    guard let preprocessing = network.preprocessing else { throw ModelMeaningError.noPreprocessing(model) }
    let (loss, targets) = network.measure
    let photos = try advising {
      try data.table.read(
        data.data, preprocessing, classes: network.classes.isEmpty ? nil : network.classes,
        unreadable: unreadable.policy, targets: targets, limits: limits.limits)
    }
    try photos.reportProblems()
    var images = photos.images
    guard images.classes.equalsExactly(network.classes) else {
      throw OtherClasses(
        model: model, data: data.data, modelClasses: network.classes, dataClasses: images.classes)
    }
    if case .numbers(_, let scaling?) = network.targetMeaning { images = try images.standardizingTargets(by: scaling) }
    let evaluation = try network.evaluate(
      images, batchSize: batch.batchSize, loss: loss, metrics: network.targetMeaning.map { Objective($0).metrics })
    try Console.print(evaluation.report())
    try evaluation.printFigures()
    if let warning = evaluation.warning {
      Console.complain("Error: \(model.withoutControls): \(warning)")
      throw ExitCode.failure
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
