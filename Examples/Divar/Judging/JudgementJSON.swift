import Foundation
import Kilim

/// What `divar evaluate --json` prints.
struct JudgementJSON: Encodable {
  /// A wrong answer.
  struct WrongAnswer: Encodable {
    let image, expected, predicted: String
    let probability: Double

    init(_ mistake: Mistake, _ images: ImageDataset, _ classes: [String]) {
      image = images.paths[mistake.example]
      (expected, predicted) = (classes[mistake.expected], classes[mistake.predicted])
      probability = mistake.probability
    }
  }

  /// One class where photos may have several.
  struct ClassFigures: Encodable {
    let name: String
    let precision, recall, f1: Double
    let support: Int
    /// [[true negatives, false positives], [false negatives, true positives]].
    let confusion: [[Int]]
    let rocAUC: Double?
    let averagePrecision: Double?
    let bestThreshold: ClassThreshold?
  }

  /// One number.
  struct NumberFigures: Encodable {
    let name: String
    let meanAbsoluteError, rootMeanSquaredError, r2: Double
  }

  private let model: String
  private let count: Int
  private let figures: Figures
  private var classification: ClassificationAnalysis?
  private var mistakes: [WrongAnswer]?
  private var classes: [ClassFigures]?
  private var numbers: [NumberFigures]?

  /// Collects the figures that fit the targets.
  ///
  /// - Parameter analysis: that of photos with one class each.
  /// - Throws: `TargetError` and `JudgingError` if the outputs do not fit the targets.
  init(_ measured: MeasuredModel, _ analysis: ClassificationAnalysis?) throws {
    let evaluation = measured.evaluation
    (model, count, figures) = (measured.path, measured.images.count, evaluation.figures)
    classification = analysis
    mistakes = analysis?.mistakes.map { WrongAnswer($0, measured.images, evaluation.classes) }
    switch evaluation.targetMeaning {
    // Without finite probabilities there is nothing to judge.
    case .severalClasses where measured.failure != nil: break
    case .severalClasses:
      let report = try MultiLabelReport(evaluation)
      classes = try zip(zip(report.classes, report.confusions), evaluation.rankings()).map { rows, ranking in
        let (row, confusion) = rows
        return ClassFigures(
          name: row.name, precision: row.precision, recall: row.recall, f1: row.f1, support: row.support,
          confusion: confusion.counts, rocAUC: ranking.scores.rocAUC,
          averagePrecision: row.support == 0 ? nil : ranking.scores.averagePrecision,
          bestThreshold: ranking.scores.bestThreshold)
      }
    case .numbers:
      numbers = try RegressionReport(evaluation).numbers.map {
        NumberFigures(
          name: $0.name, meanAbsoluteError: $0.meanAbsoluteError, rootMeanSquaredError: $0.rootMeanSquaredError,
          r2: $0.r2)
      }
    case .oneClass, .unknown, nil: break
    }
  }
}

/// A value as a JSON text over several lines, with sorted keys. Numbers that are not finite, which JSON lacks, are `null`.
func prettyJSON(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
  // A text that no path and no name of a class is.
  let missing = "\u{0}"
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: missing, negativeInfinity: missing, nan: missing)
  return String(decoding: try encoder.encode(value), as: UTF8.self).replacing("\"\\u0000\"", with: "null")
}
