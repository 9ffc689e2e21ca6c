import Foundation
import Serialization

/// Prints the progress of a training to the standard output, and warnings to the standard error.
final class ProgressPrinter: Callback {
  private let showsBar: Bool
  private let clock = ContinuousClock()
  private var (epochs, exampleCount) = (0, 0)
  private lazy var epochStart = clock.now
  private lazy var lastBatch = clock.now
  private lazy var lastDrawn = clock.now
  /// The number of examples of the epoch that were trained on before the training was resumed.
  private var examplesBefore = 0
  /// Whether there is an unfinished line on the terminal.
  private var isLineOpen = false

  init(showsBar: Bool) {
    self.showsBar = showsBar
  }

  func trainingBegan(_ start: TrainingStart) {
    (epochs, exampleCount) = (start.epochs, start.exampleCount)
  }

  func trainingResumed(_ report: ResumeReport) {
    print(report)
    begin(examplesBefore: report.examples)
  }

  func epochBegan(_ epoch: Int) {
    begin(examplesBefore: 0)
  }

  private func begin(examplesBefore: Int) {
    fflush(nil)  // What the program printed before stands above the first line here, also in a file.
    self.examplesBefore = examplesBefore
    epochStart = clock.now
    lastBatch = epochStart
    lastDrawn = epochStart
  }

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    lastBatch = clock.now
    if showsBar && (lastBatch - lastDrawn > .milliseconds(100) || report.examples == exampleCount) {
      lastDrawn = lastBatch
      let line = ProgressLine(
        epoch: (report.epoch + 1, epochs), examples: (report.examples, exampleCount),
        rate: rate(after: report.examples), figures: report.figures.sorted)
      // The last column stays empty: otherwise some terminals move to the next line.
      draw(line.text(columns: Terminal.columns - 1))
    }
    return .proceed
  }

  func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    let parts = [
      "Epoch \(report.epoch + 1)/\(epochs)", "\(decimal((clock.now - epochStart).seconds, digits: 1))s",
      "\(wholeNumber(rate(after: exampleCount))) images/s",
    ]
    let figures = report.columns.map { "\($0.name.withoutControls): \(decimal($0.value, digits: 4))" }
    draw((parts + figures).joined(separator: " - ") + "\n")
    return .proceed
  }

  func warned(_ warning: String) {
    // The warning replaces an unfinished line, which is drawn again later.
    if isLineOpen { draw("") }
    printWarning(warning)
  }

  func trainingEnded(_ end: TrainingEnd) {
    if isLineOpen { draw("\n", over: false) }
  }

  /// Examples per second, from the beginning of the epoch to its last batch. The time of the validation does not count.
  private func rate(after examples: Int) -> Double {
    Double(examples - examplesBefore) / max((lastBatch - epochStart).seconds, 1e-9)
  }

  /// Prints a text; where a bar is shown, over the line before.
  private func draw(_ text: String, over: Bool = true) {
    print((showsBar && over ? "\r\u{1B}[K" : "") + text, terminator: "")
    isLineOpen = showsBar && !text.isEmpty && !text.hasSuffix("\n")
    fflush(nil)
  }
}

/// Prints only warnings, to the standard error.
final class WarningPrinter: Callback {
  func warned(_ warning: String) { printWarning(warning) }
}

/// Prints a warning to the standard error, after everything that was printed to the standard output before.
private func printWarning(_ warning: String) {
  fflush(nil)
  FileHandle.standardError.write(Foundation.Data("Warning: \(warning.withoutControls)\n".utf8))
}
