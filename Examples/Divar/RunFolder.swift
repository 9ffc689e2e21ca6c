import Foundation
import Kilim

/// The folder that a training writes its results to.
struct RunFolder {
  private let root: String

  /// Makes the folder where it does not exist, and makes sure that it can be written to before hours of work go into it.
  init(_ path: String) throws {
    root = path
    try makeFolder(path)
    guard FileManager.default.isWritableFile(atPath: path) else {
      throw FolderError(path: path, reason: "it cannot be written to")
    }
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { "\(root)/\(name)" }

  /// Writes the model with the state of its training, the history, the charts and the report.
  func write(_ trained: KerasFile, _ history: History, _ evaluation: Evaluation, _ test: ImageDataset) throws {
    try trained.write(to: path("model.keras"))
    try writeAtomically(Array(history.csv.utf8), to: path("history.csv"))
    let curves = history.chart()
    try curves.write(to: path("curves.png"))
    try curves.write(to: path("curves.svg"))

    let confusion = ConfusionCounts(evaluation, classes: test.classes)
    try confusion.chart().write(to: path("confusion.png"))
    try samples(evaluation, test).write(to: path("samples.png"))
    let report = ClassificationReport(confusion).description
    try writeAtomically(Array(report.utf8), to: path("report.txt"))
  }

  /// Photos from all over the test data with what the model takes them for.
  private func samples(_ evaluation: Evaluation, _ test: ImageDataset) throws -> ImageGrid {
    let count = min(24, test.count)
    let predicted = evaluation.predicted
    let samples = try (0..<count).map { position in
      let index = position * test.count / count
      let guess = Int(predicted.select(index).argmax().scalar)
      return try ImageGrid.Sample(
        image: Bitmap(test.image(at: index)), expected: test.classes[test.labels[index]],
        predicted: test.classes[guess], probability: Double(predicted[index, guess]))
    }
    return ImageGrid(title: "Sample predictions", samples: samples)
  }
}

/// A training that would lose the checkpoints of an earlier one.
struct EarlierRunError: Error, CustomStringConvertible {
  /// The output folder, as the user named it.
  let folder: String

  /// What the user can do.
  var description: String {
    "\"\(folder)\" has checkpoints of an earlier training: add --resume to go on with it, or --restart to begin anew"
  }
}
