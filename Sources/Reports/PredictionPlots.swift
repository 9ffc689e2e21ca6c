import Training

/// Predicted over true numbers, a plot for each, with the figures in a table.
struct PredictionPlots {
  let predictions: [RunReport.NumberPredictions]

  var html: HTML {
    let plots = predictions.map(plot).joined()
    let rows = predictions.map { number in
      [
        number.name, decimal(number.meanAbsoluteError), decimal(number.rootMeanSquaredError), decimal(number.r2),
        "\(number.count)",
      ].map { HTML.text($0) }
    }
    let table = HTML.table(
      caption: "Errors on the test data, in the units of each number",
      header: ["number", "mean absolute error", "root mean squared error", "R²", "photos"], rows: rows)
    return table + HTML.element("div", plots, attributes: "class=\"pair\"")
  }

  private func plot(_ number: RunReport.NumberPredictions) -> HTML {
    let values = number.expected + number.predicted
    guard let lowest = values.min(), let highest = values.max() else { return HTML("") }
    let scale = Scale(lowest, highest)
    func share(_ value: Double) -> Double { (value - scale.low) / (scale.high - scale.low) }
    let dots = zip(number.expected, number.predicted).map { expected, predicted in
      "<circle class=\"dot\" cx=\"\(place(SquarePlot.x(share(expected))))\" "
        + "cy=\"\(place(SquarePlot.y(share(predicted))))\" r=\"2.5\"/>"
    }.joined()
    let svg = SquarePlot.svg(
      "Predicted over true values, a dot for each photo", x: "true value", y: "",
      marks: scale.ticks.map { (share($0), scale.label($0)) }, HTML(SquarePlot.diagonal + dots))
    let all = number.expected.count == number.count
    let words =
      "\(number.name): predicted values (upwards) over true ones (to the right); right answers are on the line"
      + (all ? "" : "; \(number.expected.count) of \(number.count) photos")
    return HTML.element("figure", svg + HTML.element("figcaption", words))
  }
}
