import DivarCollector
import Foundation

/// Shows how a collection goes: one line that is written anew on a terminal, now and then a line elsewhere.
final class CollectProgress {
  private static let isTerminal = isatty(STDERR_FILENO) == 1
  /// Off a terminal, a line for this many pictures.
  private static let step = 50

  private let perClass: Int?
  private var className: String?
  private var count = 0

  /// Makes the display for a number of photos of each class; nil for as many as there are.
  init(perClass: Int?) {
    self.perClass = perClass
  }

  /// Takes the numbers of a class after one more picture.
  func show(_ className: String, _ tally: Tally) {
    if Self.isTerminal, let former = self.className, former != className { end() }
    self.className = className
    count += 1
    let goal = perClass.map { " of \($0)" } ?? ""
    let line = "\(className): \(tally.saved)\(goal) saved, \(tally.droppedCount) dropped, \(tally.failedCount) failed"
    if Self.isTerminal {
      write("\r\u{1b}[K\(line)")
    } else if count % Self.step == 0 {
      write("\(line)\n")
    }
  }

  /// Ends the line.
  func end() {
    if Self.isTerminal, className != nil { write("\n") }
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Foundation.Data(text.utf8))
  }
}
