import ArgumentParser
import Foundation
import Kilim

/// `divar evaluate`: how well a saved model does on a folder of photos.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measures a saved model on a folder of photos.")

  @Argument(help: "The model, a .keras file.")
  var model: String

  @Option(help: "The folder with one sub-folder of photos for each class of the model.")
  var data: String

  @Flag(help: "Leave out files that cannot be read, and list them, instead of ending with an error.")
  var skipUnreadable = false

  func run() throws {
    let network = try Sequential(contentsOf: model)
    guard let preprocessing = network.preprocessing else { throw ClassifyError.noPreprocessing }
    let photos = try ImageFolder(
      data, preprocessing: preprocessing, unreadable: skipUnreadable ? .skipping : .throwing)
    for skipped in photos.skipped { print("left out: \(skipped)") }
    guard photos.classes == network.classes else {
      throw OtherClasses(model: model, data: data, modelClasses: network.classes, dataClasses: photos.classes)
    }
    let evaluation = try network.evaluate(photos.images, loss: .categoricalCrossEntropy)
    print(ClassificationReport(ConfusionCounts(evaluation, classes: photos.classes)))
    let figures = evaluation.figures
    print(String(format: "accuracy %.4f  loss %.4f", figures.accuracy ?? 0, figures.loss))
  }
}

/// A model that knows other classes than the data has.
private struct OtherClasses: Error, CustomStringConvertible {
  let model, data: String
  let modelClasses, dataClasses: [String]

  var description: String {
    "\(data) has the classes \(dataClasses.joined(separator: ", ")); "
      + "\(model) knows \(modelClasses.joined(separator: ", "))"
  }
}
