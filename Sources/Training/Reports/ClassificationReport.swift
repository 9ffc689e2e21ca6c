import Foundation
import Serialization

/// Precision, recall and F1 of every class, in the layout of scikit-learn's `classification_report`.
///
/// Of a class, TP examples are predicted correctly, FN examples are predicted as another class, and FP examples of
/// other classes are predicted as this class: precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 TP / (2 TP +
/// FP + FN); 0 if the denominator is 0. A class without examples is left out of the plain mean, as with scikit-learn's `labels=`
/// of the classes that have examples: nothing is known about it.
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
  /// The plain mean over the classes with examples.
  public let macroAverage: Row
  /// The mean over classes weighted by their support.
  public let weightedAverage: Row
  /// The share of all examples that were predicted correctly.
  public let accuracy: Double

  /// Computes the report from counts.
  public init(_ confusion: ConfusionCounts) {
    let counts = confusion.counts
    classes = confusion.classes.enumerated().map { index, name in
      Row(
        name: name, right: counts[index][index], predicted: counts.reduce(0) { $0 + $1[index] },
        support: counts[index].reduce(0, +))
    }
    accuracy = confusion.accuracy
    macroAverage = Row.macroAverage(of: classes)
    weightedAverage = Row.average("weighted avg", of: classes) { Double($0.support) }
  }

  /// The table, aligned for a terminal: wide characters count as two columns.
  public var description: String {
    let accuracy = ("accuracy", ["", "", ReportTable.digits(accuracy), String(macroAverage.support)])
    return ReportTable.text(
      classes: classes, below: [accuracy] + [macroAverage, weightedAverage].map { ($0.name, $0.cells) })
  }
}

extension ClassificationReport.Row {
  /// The figures of a class: how many examples were rightly predicted as it, how many were predicted as it, and how many
  /// there are. A share of nothing is 0.
  init(name: String, right: Int, predicted: Int, support: Int) {
    func share(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }
    self.init(
      name: name, precision: share(right, predicted), recall: share(right, support),
      f1: share(2 * right, predicted + support), support: support)
  }

  /// The plain mean of the rows with examples.
  static func macroAverage(of rows: [Self]) -> Self { average("macro avg", of: rows) { $0.support > 0 ? 1 : 0 } }

  /// The mean of rows with weights; 0 if all weights are 0.
  static func average(_ name: String, of rows: [Self], weight: (Self) -> Double) -> Self {
    let total = rows.reduce(0) { $0 + weight($1) }
    func mean(_ figure: (Self) -> Double) -> Double {
      total == 0 ? 0 : rows.reduce(0) { $0 + weight($1) * figure($1) } / total
    }
    return Self(
      name: name, precision: mean(\.precision), recall: mean(\.recall), f1: mean(\.f1),
      support: rows.reduce(0) { $0 + $1.support })
  }

  /// The figures with two digits, as the table shows them.
  var cells: [String] { [precision, recall, f1].map(ReportTable.digits) + [String(support)] }
}
