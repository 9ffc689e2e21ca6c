import Data
import NN
import Tensor

/// Precision, recall and F1 of every class where an example may have several, in the layout of scikit-learn's
/// `classification_report`.
///
/// Of a class, TP examples are rightly predicted to have it, FP wrongly, and FN have it and are not predicted to: the
/// figures are those of ``ClassificationReport``.
public struct MultiLabelReport: CustomStringConvertible, Sendable {
  /// One row for each class.
  public let classes: [ClassificationReport.Row]
  /// The figures of all answers together.
  public let microAverage: ClassificationReport.Row
  /// The plain mean over classes.
  public let macroAverage: ClassificationReport.Row
  /// The mean over classes weighted by their support.
  public let weightedAverage: ClassificationReport.Row
  /// The mean over examples: of each, the share of its predicted classes that it has, and of its classes that are predicted.
  public let samplesAverage: ClassificationReport.Row
  /// The share of examples whose classes are all predicted, and no others.
  public let exactMatch: Double

  /// Computes the report of an evaluation.
  ///
  /// - Parameter threshold: a class is predicted where its probability is above it.
  /// - Throws: `TargetError` if the outputs or targets are not one answer for each class.
  public init(_ evaluation: Evaluation, threshold: Float = 0.5) throws {
    let names = evaluation.classes
    let shape = evaluation.predicted.shape
    guard shape.rank == 2, shape[1] == names.count, shape == evaluation.expected.shape, !names.isEmpty else {
      throw TargetError(
        predicted: shape, expected: evaluation.expected.shape,
        reason: "an answer for each of \(counted(names.count, "class", plural: "classes")) is needed")
    }
    let meaning = evaluation.outputMeaning ?? .binaryProbabilities
    let probabilities = (meaning.probabilities(of: evaluation.predicted) ?? evaluation.predicted).scalars
    let (answers, truths) = (probabilities.map { $0 > threshold }, evaluation.expected.scalars.map { $0 == 1 })
    typealias Row = ClassificationReport.Row
    func row(_ name: String, _ places: some Sequence<Int>) -> Row {
      var (right, predicted, support) = (0, 0, 0)
      for place in places {
        predicted += answers[place] ? 1 : 0
        support += truths[place] ? 1 : 0
        right += answers[place] && truths[place] ? 1 : 0
      }
      return Row(name: name, right: right, predicted: predicted, support: support)
    }
    let (width, count) = (names.count, shape[0])
    classes = names.indices.map { row(names[$0], stride(from: $0, to: answers.count, by: width)) }
    microAverage = row("micro avg", answers.indices)
    macroAverage = Row.average("macro avg", of: classes) { _ in 1 }
    weightedAverage = Row.average("weighted avg", of: classes) { Double($0.support) }
    let examples = (0..<count).map { row("", $0 * width..<($0 + 1) * width) }
    samplesAverage = Row.average("samples avg", of: examples) { _ in 1 }
    let exact = (0..<count).count { example in
      (example * width..<(example + 1) * width).allSatisfy { answers[$0] == truths[$0] }
    }
    exactMatch = count == 0 ? 0 : Double(exact) / Double(count)
  }

  /// The table, aligned for a terminal.
  public var description: String {
    ReportTable.text(
      classes: classes,
      below: [microAverage, macroAverage, weightedAverage, samplesAverage].map { ($0.name, $0.cells) })
  }
}
