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

  @OptionGroup var data: DataOption

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
      try ImageFolder(
        data.data, preprocessing: preprocessing, unreadable: unreadable.policy, targets: targets, limits: limits.limits)
    }
    try photos.reportProblems()
    guard photos.classes.equalsExactly(network.classes) else {
      throw OtherClasses(
        model: model, data: data.data, modelClasses: network.classes, dataClasses: photos.classes)
    }
    let evaluation = try network.evaluate(
      photos.images, batchSize: batch.batchSize, loss: loss)
    let confusion = try evaluation.confusion(classes: photos.classes.map(\.withoutControls))
    try Console.print(ClassificationReport(confusion))
    let figures = evaluation.figures
    try Console.print(String(format: "accuracy %.4f  loss %.4f", figures.accuracy ?? 0, figures.loss))
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
