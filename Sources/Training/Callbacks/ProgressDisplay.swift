import Foundation

/// What `fit` prints while it works.
public enum ProgressDisplay: Hashable, Sendable {
  /// A bar on a terminal, elsewhere one line an epoch.
  case automatic
  /// A bar with images a second and the time left, drawn over itself.
  case bar
  /// One line an epoch.
  case lines
  /// Nothing.
  case silent

  func callbacks(epochs: Int, examples: Int) -> [any Callback] {
    switch self {
    case .silent: []
    case .lines: [ProgressPrinter(epochs: epochs, examples: examples, showsBar: false)]
    case .bar: [ProgressPrinter(epochs: epochs, examples: examples, showsBar: true)]
    case .automatic: [ProgressPrinter(epochs: epochs, examples: examples, showsBar: isatty(STDOUT_FILENO) == 1)]
    }
  }
}

/// Prints the progress of a training to the standard output.
private final class ProgressPrinter: Callback {
  private let epochs: Int
  private let examples: Int
  private let showsBar: Bool
  private let clock = ContinuousClock()
  private lazy var epochStart = clock.now
  private lazy var lastDrawn = clock.now
  /// The examples of the epoch that another process has seen.
  private var examplesBefore = 0

  init(epochs: Int, examples: Int, showsBar: Bool) {
    self.epochs = epochs
    self.examples = examples
    self.showsBar = showsBar
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
    lastDrawn = epochStart
  }

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    let now = clock.now
    if showsBar && (now - lastDrawn > .milliseconds(100) || report.examples == examples) {
      lastDrawn = now
      draw(bar(report, elapsed: (now - epochStart).seconds))
    }
    return .proceed
  }

  func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    let elapsed = (clock.now - epochStart).seconds
    let parts = [
      "Epoch \(report.epoch + 1)/\(epochs)", "\(format(elapsed, 1))s",
      "\(Int(rate(after: examples, elapsed: elapsed))) images/s",
    ]
    let line = (parts + report.columns.map { "\($0.name): \(format($0.value, 4))" }).joined(separator: " - ")
    draw(line, ended: true)
    return .proceed
  }

  private func bar(_ report: BatchReport, elapsed: Double) -> String {
    let rate = rate(after: report.examples, elapsed: elapsed)
    let left = Int((Double(examples - report.examples) / rate).rounded())
    let width = 24
    let done = report.examples * width / max(examples, 1)
    let drawn = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
    let figures = report.figures.sorted.map { "\($0.name): \(format($0.value, 4))" }.joined(separator: " - ")
    return "Epoch \(report.epoch + 1)/\(epochs) \(drawn) \(report.examples)/\(examples) - \(Int(rate)) images/s - "
      + "\(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left - \(figures)"
  }

  /// Examples a second.
  private func rate(after examples: Int, elapsed: Double) -> Double {
    Double(examples - examplesBefore) / max(elapsed, 1e-9)
  }

  /// Prints a line, over the one before where a bar is shown.
  private func draw(_ line: String, ended: Bool = false) {
    let text = (showsBar ? "\r\u{1B}[K" : "") + line + (ended ? "\n" : "")
    print(text, terminator: "")
    fflush(nil)
  }
}

private func format(_ value: Double, _ digits: Int) -> String {
  String(format: "%.\(digits)f", value)
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
