import Serialization

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
  /// The plain mean over the classes with examples.
  public let macroAverage: ClassificationReport.Row
  /// The mean over classes weighted by their support.
  public let weightedAverage: ClassificationReport.Row
  /// The mean over examples: of each, the share of its predicted classes that it has, and of its classes that are predicted.
  public let samplesAverage: ClassificationReport.Row
  /// For each class, how often it is predicted for examples without and with it; see ``SeveralClassAnswers/confusion(ofClass:)``.
  public let confusions: [ConfusionCounts]
  /// The share of examples whose classes are all predicted, and no others.
  public let exactMatch: Double

  /// Computes the report of an evaluation.
  ///
  /// - Parameter threshold: a class is predicted where its probability is above it.
  /// - Throws: `TargetError` if the outputs or targets are not one answer for each class.
  public init(_ evaluation: Evaluation, threshold: Float = 0.5) throws {
    let answers = try SeveralClassAnswers(evaluation, threshold: threshold)
    confusions = answers.classes.indices.map(answers.confusion)
    typealias Row = ClassificationReport.Row
    func row(_ name: String, _ places: some Sequence<Int>) -> Row {
      var (right, predicted, support) = (0, 0, 0)
      for place in places {
        predicted += answers.predicted[place] ? 1 : 0
        support += answers.expected[place] ? 1 : 0
        right += answers.predicted[place] && answers.expected[place] ? 1 : 0
      }
      return Row(name: name, right: right, predicted: predicted, support: support)
    }
    classes = answers.classes.enumerated().map { row($1, answers.places(ofClass: $0)) }
    microAverage = row("micro avg", answers.predicted.indices)
    macroAverage = Row.macroAverage(of: classes)
    weightedAverage = Row.average("weighted avg", of: classes) { Double($0.support) }
    let examples = (0..<answers.count).map { row("", answers.places(ofExample: $0)) }
    samplesAverage = Row.average("samples avg", of: examples) { _ in 1 }
    let exact = answers.exactRights.count { $0 }
    exactMatch = answers.count == 0 ? 0 : Double(exact) / Double(answers.count)
  }

  /// The table, aligned for a terminal.
  public var description: String {
    ReportTable.text(
      classes: classes,
      below: [microAverage, macroAverage, weightedAverage, samplesAverage].map { ($0.name, $0.cells) })
  }

  /// A table with the four kinds of answers about each class.
  public var confusionTable: String {
    let width = classes.map(\.name.withoutControls.columnCount).max() ?? 0
    func line(_ name: String, _ cells: [String]) -> String {
      ReportTable.line(name, cells, nameWidth: width, cellWidth: 10)
    }
    let rows = zip(classes, confusions).map { row, confusion in
      let (without, with) = (confusion.counts[0], confusion.counts[1])
      return line(row.name.withoutControls, [with[1], without[1], with[0], without[0]].map(String.init))
    }
    return ([line("", ["true pos.", "false pos.", "false neg.", "true neg."]), ""] + rows).joined(separator: "\n")
      + "\n"
  }
}
