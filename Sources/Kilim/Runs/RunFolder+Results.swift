import Charts
import Data
import ModelFormats
import Reports
import Serialization
import Training

// What a training leaves in its folder.

extension RunFolder {
  /// Writes the model with the state of its training, the history and the report, and at last the pictures: the curves of
  /// the history and, where an example has one class, the confusion matrix and samples of photos; where it has several, the
  /// confusion of each class; for numbers, predicted over true ones.
  ///
  /// - Parameters:
  ///   - trained: the model.
  ///   - history: the figures of the epochs.
  ///   - evaluation: what the model answers to the test photos.
  ///   - test: the test photos, some of which are drawn; `nil` if only their features are known.
  ///   - remarks: what the report says below its table.
  ///   - warn: gets the problem with a picture that cannot be drawn; everything else is written already. Without it, the
  ///     standard error shows it.
  /// - Throws: `ModelFileError` or `FileError`; `TargetError` if the outputs do not fit the targets.
  public func write(
    _ trained: KerasFile, _ history: History, _ evaluation: Evaluation, test: ImageDataset?, remarks: String? = nil,
    warn: ((String) -> Void)? = nil
  ) throws {
    let warn = warn ?? Terminal.printWarning
    try trained.write(to: path(Self.modelName))
    try writeAtomically(Array(history.csv.utf8), to: path(Self.historyName), replacing: .sameKind)
    // A report has a line for each class by its name.
    let isNamed = evaluation.targetMeaning != nil || !evaluation.classes.isEmpty
    let report: any CustomStringConvertible = isNamed ? try evaluation.report() : evaluation
    // A text with commas may look like a table.
    let parts = [(report as? MultiLabelReport)?.confusionTable, remarks.map { "\($0)\n" }].compactMap(\.self)
    try writeAtomically(
      Array(([report.description] + parts).joined(separator: "\n").utf8), to: path(Self.reportName), replacing: .anyFile
    )

    let curves = history.chart()
    draw("curves.png", warn) { try curves.write(to: $0) }
    draw("curves.svg", warn) { try curves.write(to: $0) }
    switch report {
    case is RegressionReport: draw("predictions.png", warn) { try evaluation.predictionChart().write(to: $0) }
    case is MultiLabelReport:
      draw("confusion.png", warn) { try SeveralClassAnswers(evaluation).confusionChart().write(to: $0) }
    case is ClassificationReport: draw("confusion.png", warn) { try evaluation.confusion().chart().write(to: $0) }
    default: break
    }
    // Samples have a single answer.
    guard report is ClassificationReport else { return }
    guard let test, let labels = test.classLabels else { return }
    draw("samples.png", warn) { try samples(evaluation, test, labels).write(to: $0) }
  }

  private func draw(_ name: String, _ warn: (String) -> Void, _ write: (String) throws -> Void) {
    do {
      try write(path(name))
    } catch {
      warn("the picture \(path(name)) is missing: \(error)")
    }
  }

  /// Photos from the whole test data, with the predictions of the model.
  private func samples(_ evaluation: Evaluation, _ test: ImageDataset, _ labels: [Int]) throws -> ImageGrid {
    let count = min(24, test.count)
    let predicted = evaluation.predicted
    let samples = try (0..<count).map { position in
      let index = position * test.count / count
      let guess = Int(predicted.select(index).argmax().scalar)
      return try ImageGrid.Sample(
        image: Bitmap(test.image(at: index)), expected: test.classes[labels[index]],
        predicted: test.classes[guess], probability: Double(predicted[index, guess]))
    }
    return ImageGrid(title: "Sample predictions", samples: samples)
  }
}
