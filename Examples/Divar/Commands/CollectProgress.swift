import DivarCollector
import Foundation
import Serialization

/// Shows the progress of a collection on the standard error: on a terminal one line that is redrawn, elsewhere a line
/// for every 50 pictures.
final class CollectProgress {
  private static let canRedraw = isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(terminalKind)
  private static let terminalKind = ProcessInfo.processInfo.environment["TERM"] ?? ""
  /// The number of pictures between two lines, if lines are not redrawn.
  private static let step = 50

  private let perClass: Int?
  private var className: ExactText?
  private var count = 0

  /// Makes the display for a number of photos of each class; nil for all.
  init(perClass: Int?) {
    self.perClass = perClass
  }

  /// Shows the numbers of a class after one more picture.
  func show(_ name: String, _ tally: Tally) {
    let className = ExactText(name)
    if Self.canRedraw, let former = self.className, former != className { end() }
    self.className = className
    count += 1
    let goal = perClass.map { " of \($0)" } ?? ""
    let line =
      "\(name.withoutControls): \(tally.saved)\(goal) saved, \(tally.droppedCount) dropped, "
      + "\(tally.failedCount) failed"
    if Self.canRedraw {
      // A line as wide as the terminal would wrap, and could not be redrawn.
      write("\r\u{1B}[K\(line.prefix(columns: Self.columns - 1))")
    } else if count % Self.step == 0 {
      write("\(line)\n")
    }
  }

  /// Ends the line.
  func end() {
    if Self.canRedraw, className != nil { write("\n") }
    className = nil
  }

  /// The current number of columns of the terminal; 80 if the system does not know it.
  private static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Foundation.Data(text.utf8))
  }
}
