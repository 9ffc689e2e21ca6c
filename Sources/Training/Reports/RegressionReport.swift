import Data
import Foundation
import NN
import Serialization
import Tensor

/// The errors of predicted numbers, in their own units.
public struct RegressionReport: CustomStringConvertible, Sendable {
  /// The errors of one number, over all examples.
  public struct Row: Hashable, Sendable {
    /// The name of the number.
    public let name: String
    /// Σ |predicted - expected| / N.
    public let meanAbsoluteError: Double
    /// √(Σ (predicted - expected)² / N).
    public let rootMeanSquaredError: Double
    /// 1 - Σ (predicted - expected)² / Σ (expected - mean)², as scikit-learn's `r2_score`: 1 for perfect predictions, 0 for
    /// those of the mean. If all expected numbers are the same, 1 for perfect predictions and 0 for others.
    public let r2: Double
  }

  /// One row for each number.
  public let numbers: [Row]
  /// The number of examples.
  public let count: Int

  /// Computes the report of an evaluation.
  ///
  /// - Throws: `TargetError` if outputs and targets are not numbers of the same shape `[N, numbers]`, or there are none.
  public init(_ evaluation: Evaluation) throws {
    let answers = try evaluation.numberAnswers()
    count = answers.first?.expected.count ?? 0
    numbers = answers.map(Row.init)
  }

  /// A table with a line for each number.
  public var description: String {
    let width = (numbers.map(\.name.withoutControls.columnCount) + [0]).max() ?? 0
    func line(_ name: String, _ cells: [String]) -> String {
      ReportTable.line(name, cells, nameWidth: width, cellWidth: 13)
    }
    let lines = numbers.map { row in
      let figures = [row.meanAbsoluteError, row.rootMeanSquaredError, row.r2]
      return line(row.name.withoutControls, figures.map { numberText($0, format: "%.4g") })
    }
    return ([line("", ["mean error", "root mean sq.", "R²"]), ""] + lines + ["", counted(count, "example")]).joined(
      separator: "\n") + "\n"
  }
}

extension RegressionReport.Row {
  fileprivate init(_ answers: NumberAnswers) {
    let (errors, expected) = (answers.absoluteErrors, answers.expected)
    let count = Double(errors.count)
    let squares = errors.reduce(0) { $0 + $1 * $1 }
    let mean = expected.reduce(0, +) / count
    let spread = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(
      name: answers.name, meanAbsoluteError: errors.reduce(0, +) / count,
      rootMeanSquaredError: (squares / count).squareRoot(),
      r2: spread == 0 ? (squares == 0 ? 1 : 0) : 1 - squares / spread)
  }
}

extension Evaluation {
  /// The report that fits the targets: ``ClassificationReport`` for one class, ``MultiLabelReport`` for several,
  /// ``RegressionReport`` for numbers. Data that does not say what its targets mean has numbers if the loss is one of numbers.
  ///
  /// - Throws: `TargetError` if the outputs do not fit the targets.
  public func report() throws -> any CustomStringConvertible {
    switch targetMeaning {
    case .severalClasses: try MultiLabelReport(self)
    case .numbers: try RegressionReport(self)
    case nil where outputMeaning == .values && classes.isEmpty: try RegressionReport(self)
    case .oneClass, .unknown, nil: ClassificationReport(try confusion())
    }
  }
}
