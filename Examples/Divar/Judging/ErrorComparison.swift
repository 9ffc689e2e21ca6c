import Foundation
import Kilim

/// How far two models are from the true numbers of the same photos.
struct ErrorComparison: Encodable, CustomStringConvertible {
  /// The answers about one number.
  struct OfNumber: Encodable {
    let name: String
    let firstMeanAbsoluteError, secondMeanAbsoluteError: Double
    let difference: ConfidenceInterval
    let firstCloser, secondCloser, equal: Int
    /// The statistic and the p-value of Wilcoxon's signed-rank test.
    let statistic, pValue: Double
    let isExact: Bool

    init(_ first: NumberAnswers, _ second: NumberAnswers) throws {
      let errors = (first.absoluteErrors, second.absoluteErrors)
      let test = try WilcoxonTest(first: errors.0, second: errors.1)
      let differences = zip(errors.0, errors.1).map { $1 - $0 }
      difference = try Bootstrap().interval(examples: differences.count) { sample in
        sample.reduce(0) { $0 + differences[$1] } / Double(sample.count)
      }
      func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
      name = first.name
      (firstMeanAbsoluteError, secondMeanAbsoluteError) = (mean(errors.0), mean(errors.1))
      (firstCloser, secondCloser, equal) = (test.firstCloser, test.secondCloser, test.equal)
      (statistic, pValue, isExact) = (test.statistic, test.pValue, test.isExact)
    }
  }

  private let first, second: String
  private let numbers: [OfNumber]

  /// Compares the answers of two models about the same photos. ``MeasuredModel`` has compared the names of the numbers.
  ///
  /// - Throws: `JudgingError` and `TargetError` if the outputs do not fit the targets.
  init(_ one: MeasuredModel, _ other: MeasuredModel) throws {
    (first, second) = (one.path, other.path)
    numbers = try zip(one.evaluation.numberAnswers(), other.evaluation.numberAnswers()).map {
      try OfNumber($0, $1)
    }
  }

  /// The figures for people.
  var description: String { numbers.map(text).joined(separator: "\n\n") }

  private func text(_ number: OfNumber) -> String {
    func figure(_ value: Double) -> String { numberText(value, format: "%.5g") }
    func signed(_ value: Double) -> String { numberText(value, format: "%+.5g") }
    let change = number.secondMeanAbsoluteError - number.firstMeanAbsoluteError
    let cases = [
      ("the first is closer", number.firstCloser), ("the second is closer", number.secondCloser),
      ("equal errors", number.equal),
    ]
    return
      ([
        "mean absolute error of \(number.name)", "\(figure(number.firstMeanAbsoluteError))  \(first)",
        "\(figure(number.secondMeanAbsoluteError))  \(second)",
        "difference \(signed(change)), \(signed(number.difference.lower)) to \(signed(number.difference.upper)) "
          + "(95 % by bootstrap)", "",
      ].map(\.withoutControls)
      + cases.map { $0.0.padding(toLength: 22, withPad: " ", startingAt: 0) + "\($0.1)" } + [
        "",
        "Wilcoxon's signed-rank test: p = \(numberText(number.pValue, format: "%.4g")) "
          + (number.isExact ? "exactly" : "by the normal distribution"),
      ]).joined(separator: "\n")
  }
}
