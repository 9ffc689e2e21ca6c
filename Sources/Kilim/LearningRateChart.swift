import Charts
import Foundation
import Training

extension LearningRateSearch {
  /// The smoothed loss over the learning rate, on a logarithmic axis, with a mark at the suggested rate.
  ///
  /// - Parameter title: the title above the chart.
  public func chart(title: String = "Learning rate") -> LogarithmicChart {
    var series = [LogarithmicChart.Series(name: "smoothed loss", x: rates, y: smoothedLosses)]
    if let suggestion, let place = rates.firstIndex(of: suggestion) {
      series.append(
        LogarithmicChart.Series(
          name: "suggestion: " + String(format: "%.2g", suggestion), x: [suggestion], y: [smoothedLosses[place]],
          isLine: false))
    }
    return LogarithmicChart(title: title, xLabel: "learning rate", yLabel: "loss", series: series)
  }
}
