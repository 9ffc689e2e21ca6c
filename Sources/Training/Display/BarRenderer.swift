import Foundation
import Serialization

/// Draws a bar on the terminal, which is redrawn in place ten times a second at most, and a line for each finished epoch.
///
/// It fits the width of the terminal. Without a locale of Unicode it is drawn in ASCII.
public final class BarRenderer: ProgressRenderer {
  private let style = TextStyle.current
  private var lastDrawn = 0.0
  /// Whether there is an unfinished line on the terminal.
  private var isLineOpen = false

  /// Makes the renderer.
  public init() {}

  /// Begins a line of its own.
  public func began(_ snapshot: TrainingSnapshot) {
    lastDrawn = 0
    fflush(nil)  // What the program printed before stands above the first line here, also in a file.
  }

  /// Prints where the training goes on.
  public func resumed(_ report: ResumeReport) {
    print(report)
    fflush(nil)
  }

  /// Draws the bar.
  public func show(_ snapshot: TrainingSnapshot) {
    let isLast = snapshot.examples == snapshot.exampleCount && snapshot.validation == nil
    guard snapshot.examplesPerSecond > 0, isLast || snapshot.seconds - lastDrawn > 0.1 else { return }
    lastDrawn = snapshot.seconds
    // The last column stays empty: otherwise some terminals move to the next line.
    draw(ProgressLine(snapshot, style).text(columns: Terminal.columns - 1))
  }

  /// Prints the line of the epoch over the bar.
  public func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot) {
    draw(LineRenderer.line(report, snapshot) + "\n")
  }

  /// Prints the warning in place of the bar.
  public func warned(_ warning: String) {
    // The warning replaces an unfinished line, which is drawn again later.
    if isLineOpen { draw("") }
    Terminal.printWarning(warning)
  }

  /// Ends the line.
  public func ended(_ end: TrainingEnd) {
    guard isLineOpen else { return }
    print()
    isLineOpen = false
    fflush(nil)
  }

  /// Prints a text over the line before.
  private func draw(_ text: String) {
    print("\r\u{1B}[K" + text, terminator: "")
    isLineOpen = !text.isEmpty && !text.hasSuffix("\n")
    fflush(nil)
  }
}

extension ProgressLine {
  /// The line for a training.
  init(_ snapshot: TrainingSnapshot, _ style: TextStyle) {
    epoch = (snapshot.epoch + 1, snapshot.epochs)
    examples = (snapshot.examples, snapshot.exampleCount)
    exampleWord = snapshot.exampleWord
    rate = snapshot.examplesPerSecond
    figures = snapshot.figures
    self.style = style
    validation = snapshot.validation
  }
}
