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

extension Bitmap {
  /// A photo as a picture to draw, with the same pixels.
  public init(_ image: Image) {
    self.init(width: image.width, height: image.height, rgb: image.pixels)
  }
}
