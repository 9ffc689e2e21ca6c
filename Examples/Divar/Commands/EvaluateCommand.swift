import ArgumentParser
import Foundation
import Kilim

/// `divar evaluate`: measures a saved model on a folder of photos.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measures a saved model on a folder of photos.",
    discussion: """
      Below the report of each class are the figures that need the probabilities: top-3 and top-5 accuracy, the areas \
      under the ROC and precision-recall curves, the calibration error, confidence intervals, and the wrong answers \
      that the model is surest of. --json prints all of it, with the confusion matrix, the reliability diagram and the \
      best threshold of each class.

      A file that Keras wrote holds neither class names nor how photos become inputs: --classes, --scale and the other \
      options of the model give them.

      Several processes share the photos: mpirun -n 4 divar evaluate … prints what one process does.
      """)

  @Argument(help: "The model: a .keras or .h5 file, a checkpoint, or the output folder of a training.")
  var model: String

  @OptionGroup(title: "Data") var data: DataOption

  @Flag(help: "Print a JSON object in place of the report.")
  var json = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of wrong answers to list. (default: 5, with --json 20)", valueName: "count"),
    transform: wholeNumber(from: 0))
  var mistakes: Int?

  @OptionGroup(title: "Model") var meaning: PhotoMeaningOptions

  @OptionGroup(title: "Photos") var unreadable: UnreadableOptions

  @OptionGroup(title: "Photos") var limits: PhotoLimitOptions

  @OptionGroup(title: "Photos") var views: TestViewsOption

  @OptionGroup(title: "Computing") var batch: BatchSizeOption

  @OptionGroup(title: "Computing") var threads: ThreadsOption

  func run() throws {
    let distribution = try Distribution.ofStartedProcesses()
    threads.apply()
    let network = try readModel(model, imageSize: meaning.imageSize)
    let measured = try MeasuredModel(
      network, from: model, meaning, on: data, unreadable.policy, limits.limits, batchSize: batch.batchSize,
      views: views.views, distribution)
    guard distribution?.isLeader != false else { return }
    // Without finite probabilities there is nothing to judge; the warning below says it.
    let analysis =
      measured.hasOneClassEach && measured.failure == nil
      ? try ClassificationAnalysis(measured.scores, mistakeLimit: mistakes ?? (json ? 20 : 5)) : nil
    if json {
      try Console.print(prettyJSON(JudgementJSON(measured, analysis)))
    } else {
      try printReport(measured, analysis)
    }
    if let warning = measured.absentClasses { Console.warn(warning) }
    if let failure = measured.failure {
      Console.complain("Error: \("\(failure)".withoutControls)")
      throw ExitCode.failure
    }
  }

  private func printReport(_ measured: MeasuredModel, _ analysis: ClassificationAnalysis?) throws {
    let report = try measured.evaluation.report()
    try Console.print(report)
    if let report = report as? MultiLabelReport { try Console.print(report.confusionTable) }
    if let analysis {
      try Console.print("\(analysis)\n")
      if !analysis.mistakes.isEmpty { try Console.print("the wrong answers that the model is surest of:") }
      for mistake in analysis.mistakes {
        let (expected, predicted) = (analysis.classes[mistake.expected].name, analysis.classes[mistake.predicted].name)
        let line =
          "\(measured.images.paths[mistake.example]): \(expected), not \(predicted) "
          + String(format: "(%.4f)", mistake.probability)
        try Console.print("  \(line.withoutControls)")
      }
      if !analysis.mistakes.isEmpty { try Console.print("") }
    }
    try measured.evaluation.printFigures()
  }
}
