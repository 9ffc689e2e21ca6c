import Charts
import Data
import Training

extension History {
  /// The curves of the training, accuracy left and loss right, for the training data and the validation data.
  ///
  /// - Parameter title: what stands above both panels.
  public func chart(title: String = "Training") -> Figure {
    Figure(
      title: title,
      panels: [
        panel("Accuracy", "accuracy", best: .highest),
        panel("Loss", "loss", best: .lowest),
      ])
  }

  private func panel(_ title: String, _ name: String, best: LineChart.Series.Best) -> LineChart {
    let curves = [
      LineChart.Series(name: "train \(name)", values: self[name]),
      LineChart.Series(name: "test \(name)", values: self["val_\(name)"], best: best),
    ]
    return LineChart(
      title: title, xLabel: "epochs", yLabel: name, series: curves.filter { !$0.values.isEmpty })
  }
}

extension ConfusionCounts {
  /// The counts as a chart.
  public func chart(title: String = "Confusion matrix") -> ConfusionMatrixChart {
    ConfusionMatrixChart(title: title, counts: counts, classNames: classes)
  }
}

extension Bitmap {
  /// A photo as a picture to draw.
  public init(_ image: Image) {
    self.init(width: image.width, height: image.height, rgb: image.pixels)
  }
}
