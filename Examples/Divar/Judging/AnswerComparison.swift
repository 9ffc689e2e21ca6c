import Foundation
import Kilim

/// How often two models are right about the same photos. Where a photo may have several classes, an answer is right if it has all
/// of them and no others; then the answers about each class are compared too.
struct AnswerComparison: Encodable, CustomStringConvertible {
  /// The answers about one of several classes.
  struct OfClass: Encodable {
    let name: String
    let firstAccuracy, secondAccuracy: Double
    let counts: McNemarTest
    let exactPValue: Double
  }

  private let first, second: String
  private let firstAccuracy, secondAccuracy: Double
  private let difference: ConfidenceInterval
  private let counts: McNemarTest
  private let exactPValue, chiSquared, chiSquaredPValue: Double
  /// Each class; `nil` where a photo has one class.
  private var classes: [OfClass]?

  /// Compares the answers of two models about the same photos.
  ///
  /// - Throws: `JudgingError` and `TargetError` if the outputs do not fit the targets; ``ModelMeaningError`` for other classes.
  init(_ one: MeasuredModel, _ other: MeasuredModel) throws {
    let rights: (first: [Bool], second: [Bool])
    if one.hasOneClassEach {
      rights = (try Self.rights(of: one), try Self.rights(of: other))
    } else {
      let answers = (try SeveralClassAnswers(one.evaluation), try SeveralClassAnswers(other.evaluation))
      rights = (answers.0.exactRights, answers.1.exactRights)
      // The models may have the classes in different orders.
      let places = Dictionary(answers.1.classes.enumerated().map { (ExactText($1), $0) }) { first, _ in first }
      classes = try answers.0.classes.enumerated().map { index, name in
        guard let place = places[ExactText(name)], places.count == answers.0.classes.count else {
          throw ModelMeaningError(
            path: other.path,
            problem: "its classes are \(ComparedNames(answers.1.classes, answers.0.classes).first); expected those of "
              + "\(one.path), \(ComparedNames(answers.1.classes, answers.0.classes).second)")
        }
        let (first, second) = (answers.0.rights(ofClass: index), answers.1.rights(ofClass: place))
        let test = try McNemarTest(first: first, second: second)
        return OfClass(
          name: name, firstAccuracy: Self.share(first), secondAccuracy: Self.share(second), counts: test,
          exactPValue: test.exactPValue)
      }
    }
    let test = try McNemarTest(first: rights.first, second: rights.second)
    let differences = zip(rights.first, rights.second).map { ($1 ? 1 : 0) - ($0 ? 1 : 0) }
    difference = try Bootstrap().interval(examples: differences.count) { sample in
      Double(sample.reduce(0) { $0 + differences[$1] }) / Double(sample.count)
    }
    (first, second, counts) = (one.path, other.path, test)
    (firstAccuracy, secondAccuracy) = (Self.share(rights.first), Self.share(rights.second))
    (exactPValue, chiSquared, chiSquaredPValue) = (test.exactPValue, test.chiSquared, test.chiSquaredPValue)
  }

  private static func share(_ rights: [Bool]) -> Double { Double(rights.count { $0 }) / Double(rights.count) }

  /// Whether a model that tells one class is right about each photo.
  private static func rights(of measured: MeasuredModel) throws -> [Bool] {
    let scores = try measured.scores
    return zip(scores.predicted, scores.labels).map { $0 == $1 }
  }

  /// The figures for people.
  var description: String {
    let cases = [
      ("both right", counts.bothRight), ("only the first right", counts.onlyFirstRight),
      ("only the second right", counts.onlySecondRight), ("neither right", counts.neitherRight),
    ]
    return
      ((classes == nil ? [] : ["an answer is right if all classes of the photo are right, and no others"])
      + [
        String(format: "%.4f  ", firstAccuracy) + first, String(format: "%.4f  ", secondAccuracy) + second,
        String(
          format: "difference %+.4f, %+.4f to %+.4f (95 %% by bootstrap)", secondAccuracy - firstAccuracy,
          difference.lower, difference.upper), "",
      ].map(\.withoutControls)
      + cases.map { $0.0.padding(toLength: 22, withPad: " ", startingAt: 0) + "\($0.1)" } + [
        "",
        String(
          format: "McNemar's test: p = %.4g exactly; chi-squared %.4g with continuity correction, p = %.4g",
          exactPValue, chiSquared, chiSquaredPValue),
      ] + table).joined(separator: "\n")
  }

  /// A line for each class.
  private var table: [String] {
    guard let classes else { return [] }
    let rows = classes.map { row in
      [
        row.name.withoutControls, String(format: "%.4f", row.firstAccuracy), String(format: "%.4f", row.secondAccuracy),
        "\(row.counts.onlyFirstRight)", "\(row.counts.onlySecondRight)", String(format: "%.4g", row.exactPValue),
      ]
    }
    return [
      "", "right answers about each class, and p by McNemar's test; of 20 such tests, one is below 0.05 by chance:",
      alignedColumns([["class", "first", "second", "only first", "only second", "p"]] + rows, names: 1),
    ]
  }
}
