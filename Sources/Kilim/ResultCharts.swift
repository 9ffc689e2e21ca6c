import Charts
import Data
import Training

extension History {
  /// The most panels of `chart(title:)`.
  private static let panelLimit = 6

  /// A panel of curves for the loss and for each metric, with a curve for the training data and one for the validation
  /// data, if there is validation data.
  ///
  /// The accuracy comes first, then the loss, then the other metrics by name. At most six panels are drawn. A value
  /// that is not finite leaves a gap in its curve. A ring marks the best validation value of each figure in
  /// `directions`. Lines mark where one of the `stages` ends and the next begins.
  ///
  /// - Parameter title: the title above all panels.
  public func chart(title: String = "Training") -> Figure {
    let panels = metricNames.prefix(Self.panelLimit).map(panel)
    return Figure(title: title, columns: panels.count > 4 ? 3 : min(panels.count, 2), panels: panels)
  }

  /// The loss and the metrics that some epoch has, in the order of their panels.
  private var metricNames: [String] {
    let names = Set(epochs.flatMap { [$0.training, $0.validation].compactMap(\.self).flatMap(\.metrics.keys) })
    let first = names.contains("accuracy") ? ["accuracy", "loss"] : ["loss"]
    return first + names.subtracting(first).sorted()
  }

  private func panel(_ name: String) -> LineChart {
    func values(_ figures: (EpochReport) -> Figures?) -> [Double] {
      let values = epochs.map { figures($0).flatMap { name == "loss" ? $0.loss : $0.metrics[name] } }
      return values.allSatisfy { $0 == nil } ? [] : values.map { $0 ?? .nan }
    }
    let best: LineChart.Series.Best? = directions[name].map { $0 == .max ? .highest : .lowest }
    let curves = [
      LineChart.Series(name: "train \(name)", values: values(\.training)),
      LineChart.Series(name: "validation \(name)", values: values(\.validation), best: best),
    ]
    var chart = LineChart(
      title: name.prefix(1).uppercased() + name.dropFirst(), xLabel: "epochs", yLabel: name,
      series: curves.filter { !$0.values.isEmpty }, firstX: min(epochs.first?.epoch ?? 0, 1 << 50) + 1)
    chart.sections = stages.map { LineChart.Section(name: $0.name, start: $0.firstEpoch) }
    return chart
  }
}

extension ConfusionCounts {
  /// The counts as a chart.
  ///
  /// - Parameter title: the title, which the accuracy follows.
  public func chart(title: String = "Confusion matrix") -> ConfusionMatrixChart {
    ConfusionMatrixChart(title: title, counts: counts, classNames: classes)
  }
}

extension Evaluation {
  /// The most numbers in a chart.
  private static let numberLimit = 6

  /// Predicted over true numbers, a panel for each of the first six numbers, with R² and the mean absolute error in its title.
  ///
  /// - Parameter title: the title above all panels.
  /// - Throws: `TargetError` if outputs and targets are not numbers.
  public func predictionChart(title: String = "Predicted over true values") throws -> Figure {
    let (answers, figures) = (try numberAnswers(), try RegressionReport(self).numbers)
    let panels = zip(answers, figures).prefix(Self.numberLimit).map { answers, figures in
      let (r2, error) = (numberText(figures.r2, format: "%.3f"), numberText(figures.meanAbsoluteError, format: "%.3g"))
      return PredictionChart(
        title: "\(answers.name): R² \(r2), mean error \(error)", expected: answers.expected,
        predicted: answers.predicted)
    }
    let shown = panels.count == answers.count ? title : "\(title) (\(panels.count) of \(answers.count) numbers)"
    return Figure(title: shown, columns: min(panels.count, 3), panels: panels)
  }
}

extension SeveralClassAnswers {
  /// The most classes in a chart.
  private static let classLimit = 12

  /// A confusion matrix of each class: whether an example has it, and whether that is predicted. Of more than twelve classes, the
  /// twelve with the most wrong answers are drawn.
  ///
  /// - Parameter title: the title above all panels.
  public func confusionChart(title: String = "Confusion of each class") -> Figure {
    let matrices = classes.indices.map(confusion)
    let wrong = matrices.map { $0.counts[0][1] + $0.counts[1][0] }
    let shown = classes.indices.sorted { (wrong[$1], $0) < (wrong[$0], $1) }.prefix(Self.classLimit).sorted()
    let panels = shown.map { matrices[$0].chart(title: classes[$0]) }
    let words =
      shown.count == classes.count
      ? title : "\(title) (the \(shown.count) of \(classes.count) classes with the most wrong answers)"
    return Figure(title: words, columns: min(shown.count, 4), panels: panels)
  }
}

extension Bitmap {
  /// A photo as a picture to draw, with the same pixels.
  public init(_ image: Image) {
    self.init(width: image.width, height: image.height, rgb: image.pixels)
  }
}
