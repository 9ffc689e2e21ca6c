import Training

/// The reliability diagram: how often answers are right, by how sure the model is.
struct CalibrationChart {
  let calibration: ClassificationAnalysis.Calibration

  var html: HTML {
    let (x, y) = (SquarePlot.x, SquarePlot.y)
    let bars = calibration.bins.filter { $0.count > 0 }.map { bin in
      let accuracy = bin.accuracy ?? 0
      return
        "<rect class=\"bin\" x=\"\(place(x(bin.lower) + 1))\" width=\"\(place(max(x(bin.upper) - x(bin.lower) - 2, 0)))\" y=\"\(place(y(accuracy)))\" height=\"\(place(y(0) - y(accuracy)))\"><title>sure by \(percent(bin.confidence)): \(percent(accuracy)) of \(bin.count) right</title></rect>"
    }.joined()
    let svg = SquarePlot.svg(
      "Reliability diagram; the table below has its numbers", x: "probability of the answer, %", y: "right answers, %",
      HTML(bars + SquarePlot.diagonal))
    let words =
      "On average, the probability of an answer differs by \(percent(calibration.expectedError)) from the share of right answers; "
      + "in the worst interval by \(percent(calibration.maximumError)). Bars on the line are right, bars below it are too sure."
    let rows = calibration.bins.filter { $0.count > 0 }.map { bin in
      [
        "\(percent(bin.lower)) to \(percent(bin.upper))", "\(bin.count)", percent(bin.confidence),
        percent(bin.accuracy),
      ].map { HTML.text($0) }
    }
    let table = HTML.table(
      caption: "Answers by their probability", header: ["probability", "photos", "mean probability", "right"],
      rows: rows)
    return HTML.element("p", words) + HTML.element("figure", svg) + HTML.details("The numbers as a table", table)
  }
}
