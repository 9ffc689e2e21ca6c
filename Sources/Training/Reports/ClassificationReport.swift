import Foundation
import Serialization

/// Precision, recall and F1 of every class, in the layout of scikit-learn's `classification_report`.
///
/// Of a class, TP examples are predicted correctly, FN examples are predicted as another class, and FP examples of
/// other classes are predicted as this class: precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 TP / (2 TP +
/// FP + FN); 0 if the denominator is 0. A class without examples counts in the plain mean, as with scikit-learn's
/// `labels=`.
public struct ClassificationReport: CustomStringConvertible, Sendable {
  /// The figures of one class, or their mean over classes.
  public struct Row: Hashable, Sendable {
    /// The name of the class, or of the mean.
    public let name: String
    /// The share of correct predictions among the examples predicted as the class.
    public let precision: Double
    /// The share of the examples of the class that were predicted correctly.
    public let recall: Double
    /// The harmonic mean of precision and recall.
    public let f1: Double
    /// The number of examples of the class.
    public let support: Int
  }

  /// One row for each class.
  public let classes: [Row]
  /// The plain mean over classes.
  public let macroAverage: Row
  /// The mean over classes weighted by their support.
  public let weightedAverage: Row
  /// The share of all examples that were predicted correctly.
  public let accuracy: Double

  /// Computes the report from counts.
  public init(_ confusion: ConfusionCounts) {
    let counts = confusion.counts
    func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
    classes = confusion.classes.enumerated().map { index, name in
      let (right, support) = (counts[index][index], counts[index].reduce(0, +))
      let taken = counts.reduce(0) { $0 + $1[index] }
      return Row(
        name: name, precision: share(right, taken), recall: share(right, support),
        f1: share(2 * right, taken + support), support: support)
    }
    accuracy = confusion.accuracy
    macroAverage = Self.average("macro avg", of: classes) { _ in 1 }
    weightedAverage = Self.average("weighted avg", of: classes) { Double($0.support) }
  }

  private static func average(_ name: String, of rows: [Row], weight: (Row) -> Double) -> Row {
    let total = rows.reduce(0) { $0 + weight($1) }
    func mean(_ figure: (Row) -> Double) -> Double {
      total == 0 ? 0 : rows.reduce(0) { $0 + weight($1) * figure($1) } / total
    }
    return Row(
      name: name, precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1),
      support: rows.reduce(0) { $0 + $1.support })
  }

  /// The table, aligned for a terminal: wide characters count as two columns.
  public var description: String {
    let width = (classes.map(\.name.withoutControls) + [weightedAverage.name]).map(\.columnCount).max() ?? 0
    func right(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(width - text.columnCount, 0)) + text
    }
    func line(_ name: String, _ cells: [String]) -> String {
      right(name.withoutControls, width) + " " + cells.map { " " + right($0, 9) }.joined()
    }
    func digits(_ value: Double) -> String { String(format: "%.2f", value) }
    func line(_ row: Row) -> String {
      line(row.name, [digits(row.precision), digits(row.recall), digits(row.f1), String(row.support)])
    }
    return
      ([line("", ["precision", "recall", "f1-score", "support"]), ""] + classes.map(line) + [
        "", line("accuracy", ["", "", digits(accuracy), String(macroAverage.support)]), line(macroAverage),
        line(weightedAverage),
      ]).joined(separator: "\n") + "\n"
  }
}
