import ArgumentParser
import Foundation
import Kilim
import Serialization

extension TrainCommand {
  /// The table of the figures of all folds, in the output folder.
  private static let tableName = "folds.txt"

  /// Trains one model for each fold, each in a folder of its own, and writes the mean and the deviation of their figures.
  func trainFolds(_ count: Int) throws {
    display.apply()
    try checkFolderOfFolds()
    let page = try TrainingRecord(of: self).page
    var reports: [RunReport] = []
    for fold in 1...count {
      var command = self
      command.output = join(output, "fold-\(fold)")
      command.photos.fold = fold
      command.report = nil
      // The features of a photo are the same in all folds.
      if backbone.backbone != nil, backbone.features.featureCache == nil {
        try makeFolder(output)
        command.backbone.features.featureCache = join(output, RunFolder.featuresName)
      }
      try Console.print("fold \(fold) of \(count): \(command.output.withoutControls)")
      try command.run()
      reports.append(try RunReport(contentsOf: join(command.output, RunFolder.recordName)))
    }
    let table = FoldTable(reports.map(\.figures)).description
    try writeAtomically(Array((table + "\n").utf8), to: join(output, Self.tableName), replacing: .anyFile)
    try Console.print(table)
    guard let page else { return }
    try page.write { try HTMLReport(title: "Training \(output)", runs: reports).write(to: $0) }
    try Console.print("\(page.path.withoutControls): the report")
  }

  /// Checks that the output folder is one of folds, or can become one.
  ///
  /// - Throws: `FolderError` or ``OutputFileError``.
  private func checkFolderOfFolds() throws {
    try checkThatFolderCanBeMade(output)
    guard pathKind(output) == .folder else { return }
    let own = [Self.tableName, RunFolder.featuresName]
    let others = try namesInFolder(output).filter { name in
      !own.contains(name) && !name.hasPrefix("fold-") && !name.hasPrefix(".")
    }
    guard others.isEmpty else {
      throw OutputFileError(
        option: "--output", path: output,
        reason:
          "it holds \(shortList(others.sorted(), limit: 4)), which no training on folds has written; name a folder that is "
          + "empty or does not exist yet")
    }
  }
}

/// The figures of the models of all folds on their test photos, with the mean and the deviation of each.
struct FoldTable: CustomStringConvertible {
  private let folds: [Figures]

  init(_ folds: [Figures]) { self.folds = folds }

  /// A line for each figure. The deviation is that of a sample: √(Σ (x - mean)² / (K - 1)).
  var description: String {
    let names = (folds.first?.metrics.keys.sorted() ?? []) + ["loss"]
    let rows = names.map { name in
      let values = folds.map { name == "loss" ? $0.loss : $0.metrics[name] ?? .nan }
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      let deviation = (squares / Double(values.count - 1)).squareRoot()
      return [name.withoutControls] + ([mean, deviation] + values).map { numberText($0, format: "%.4f") }
    }
    let header = ["test figure", "mean", "deviation"] + folds.indices.map { "fold \($0 + 1)" }
    return alignedColumns([header] + rows, names: 1)
  }
}
