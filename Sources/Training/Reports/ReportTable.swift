import Foundation
import Serialization

/// The layout of scikit-learn's `classification_report`.
enum ReportTable {
  /// The table, aligned for a terminal: wide characters count as two columns.
  ///
  /// - Parameters:
  ///   - classes: a row for each class.
  ///   - below: the rows below them, with four cells each.
  static func text(classes: [ClassificationReport.Row], below: [(name: String, cells: [String])]) -> String {
    let names = classes.map(\.name.withoutControls) + below.map(\.name)
    let width = max(names.map(\.columnCount).max() ?? 0, "weighted avg".count)
    func line(_ name: String, _ cells: [String]) -> String {
      Self.line(name.withoutControls, cells, nameWidth: width, cellWidth: 9)
    }
    return
      ([line("", ["precision", "recall", "f1-score", "support"]), ""] + classes.map { line($0.name, $0.cells) } + [""]
      + below.map { line($0.name, $0.cells) }).joined(separator: "\n") + "\n"
  }

  /// A line of a table: a name and numbers.
  static func line(_ name: String, _ cells: [String], nameWidth: Int, cellWidth: Int) -> String {
    right(name, nameWidth) + " " + cells.map { " " + right($0, cellWidth) }.joined()
  }

  /// A text with spaces before it: wide characters count as two columns.
  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(width - text.columnCount, 0)) + text
  }

  /// A figure with two digits.
  static func digits(_ value: Double) -> String { String(format: "%.2f", value) }
}
