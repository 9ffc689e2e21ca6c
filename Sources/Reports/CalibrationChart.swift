import Training

/// The reliability diagram: how often answers are right, by how sure the model is.
struct CalibrationChart {
  private let calibration: ClassificationAnalysis.Calibration
  private let id: String
  private static let (side, left, bottom) = (260.0, 46.0, 36.0)

  init(_ calibration: ClassificationAnalysis.Calibration, id: String) {
    (self.calibration, self.id) = (calibration, id)
  }

  var html: HTML {
    let side = Self.side
    func x(_ share: Double) -> Double { Self.left + side * min(max(share, 0), 1) }
    func y(_ share: Double) -> Double { 10 + side * (1 - min(max(share, 0), 1)) }
    let ticks = [0.0, 0.25, 0.5, 0.75, 1].map { tick in
      "<line class=\"grid\" x1=\"\(place(x(0)))\" x2=\"\(place(x(1)))\" y1=\"\(place(y(tick)))\" y2=\"\(place(y(tick)))\"/>"
        + "<text class=\"tick\" text-anchor=\"end\" x=\"\(place(x(0) - 6))\" y=\"\(place(y(tick) + 4))\">\(Int(100 * tick))</text>"
        + "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place(x(tick)))\" y=\"\(place(y(0) + 16))\">\(Int(100 * tick))</text>"
    }.joined()
    let bars = calibration.bins.filter { $0.count > 0 }.map { bin in
      let accuracy = bin.accuracy ?? 0
      return
        "<rect class=\"bin\" x=\"\(place(x(bin.lower) + 1))\" width=\"\(place(max(x(bin.upper) - x(bin.lower) - 2, 0)))\" y=\"\(place(y(accuracy)))\" height=\"\(place(y(0) - y(accuracy)))\"><title>sure by \(percent(bin.confidence)): \(percent(accuracy)) of \(bin.count) right</title></rect>"
    }.joined()
    let svg = HTML(
      "<svg class=\"square\" viewBox=\"0 0 330 320\" role=\"img\" aria-label=\"Reliability diagram; the table below has its numbers\">\(ticks)\(bars)"
        + "<line class=\"ideal\" x1=\"\(place(x(0)))\" y1=\"\(place(y(0)))\" x2=\"\(place(x(1)))\" y2=\"\(place(y(1)))\"/>"
        + "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place(x(0.5)))\" y=\"\(place(y(0) + 34))\">probability of the answer, %</text>"
        + "<text class=\"tick\" text-anchor=\"middle\" transform=\"translate(12 \(place(y(0.5)))) rotate(-90)\">right answers, %</text></svg>"
    )
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
