import ArgumentParser
import Foundation
import Kilim

/// `divar report`: a page about trainings.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Makes a page about one training, or about several side by side.",
    discussion: """
      The page is one .html file that needs nothing else: it can be sent, and opened without a network. It has the curves, \
      the figures of each class, the confusion matrix, the calibration, the worst mistakes and likely label errors as pictures, the \
      data, the network and the settings.
      """)

  @Argument(help: "The output folders of trainings.")
  var runs: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The page (.html) to write. (default: report.html)", valueName: "file"), transform: nonEmpty)
  var output = "report.html"

  @Option(help: ArgumentHelp("The title of the page.", valueName: "text"), transform: nonEmpty)
  var title: String?

  @OptionGroup var overwrite: OverwriteOption

  func run() throws {
    let inputs = runs.map { CommandInput("the record of a training", recordFile($0)) }
    let page = try OutputFile(output, overwrite: overwrite.overwrite, keeping: inputs, ending: ".html")
    let reports = try runs.map(report)
    let title = title ?? (runs.count == 1 ? "Training \(runs[0])" : "\(runs.count) trainings")
    try page.write { try HTMLReport(title: title, runs: reports).write(to: $0) }
    try Console.print("\(page.path.withoutControls): \(counted(reports.count, "training"))")
  }

  /// The record of a training, by its folder or by the file itself.
  private func report(_ path: String) throws -> RunReport {
    let file = recordFile(path)
    guard pathKind(path) != .folder || pathKind(file) == .file else {
      throw ReportError(
        path: path,
        problem:
          "it holds no \(RunFolder.recordName): it is no output folder of a finished divar train, or one of an earlier version"
      )
    }
    return try RunReport(contentsOf: file)
  }

  /// The file of a record: in the folder of a training, or the path itself.
  private func recordFile(_ path: String) -> String {
    guard pathKind(path) == .folder else { return path }
    return join(path, RunFolder.recordName)
  }
}
