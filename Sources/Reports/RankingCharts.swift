import Training

/// ROC and precision-recall curves of all classes.
struct RankingCharts {
  private let classes: [ClassificationAnalysis.ClassFigures]
  private static let (side, left) = (260.0, 46.0)
  /// The most curves in a chart: a reader cannot tell more of them apart. The classes with the smallest areas are drawn.
  private static let curveLimit = 7

  init(_ classes: [ClassificationAnalysis.ClassFigures]) {
    let drawable = classes.filter { $0.rocCurve != nil && $0.precisionRecallCurve != nil }
    self.classes = Array(drawable.sorted { ($0.rocAUC ?? 1) < ($1.rocAUC ?? 1) }.prefix(Self.curveLimit))
  }

  var html: HTML? {
    guard !classes.isEmpty else { return nil }
    let legend = classes.enumerated().map { index, figures in
      HTML.element(
        "li",
        HTML(
          "<svg aria-hidden=\"true\" width=\"28\" height=\"10\"><path class=\"curve c\(index)\" d=\"M1 5L27 5\"/></svg> "
        )
          + HTML.text(figures.name))
    }.joined()
    let charts =
      chart("ROC curves", x: "false positives, %", y: "true positives, %", \.rocCurve)
      + chart("Precision-recall curves", x: "recall, %", y: "precision, %", \.precisionRecallCurve)
    return HTML.element("p", "The classes that are told apart worst; the table of classes has the areas of all.")
      + HTML.element("ul", legend, attributes: "class=\"legend\"")
      + HTML.element("div", charts, attributes: "class=\"pair\"")
  }

  private func chart(
    _ title: String, x xLabel: String, y yLabel: String,
    _ curve: KeyPath<ClassificationAnalysis.ClassFigures, CurvePoints?>
  ) -> HTML {
    func x(_ share: Double) -> Double { Self.left + Self.side * min(max(share, 0), 1) }
    func y(_ share: Double) -> Double { 10 + Self.side * (1 - min(max(share, 0), 1)) }
    let ticks = [0.0, 0.25, 0.5, 0.75, 1].map { tick in
      "<line class=\"grid\" x1=\"\(place(x(0)))\" x2=\"\(place(x(1)))\" y1=\"\(place(y(tick)))\" y2=\"\(place(y(tick)))\"/>"
        + "<text class=\"tick\" text-anchor=\"end\" x=\"\(place(x(0) - 6))\" y=\"\(place(y(tick) + 4))\">\(Int(100 * tick))</text>"
        + "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place(x(tick)))\" y=\"\(place(y(0) + 16))\">\(Int(100 * tick))</text>"
    }.joined()
    let lines = classes.enumerated().map { index, figures in
      let points = figures[keyPath: curve].map { Array(zip($0.x, $0.y)) } ?? []
      let path = "M" + points.map { "\(place(x($0.0))) \(place(y($0.1)))" }.joined(separator: "L")
      return HTML("<path class=\"curve c\(index)\" d=\"\(points.isEmpty ? "" : path)\"><title>")
        + HTML.text(figures.name)
        + HTML("</title></path>")
    }.joined()
    return HTML.element(
      "figure",
      HTML(
        "<svg class=\"square\" viewBox=\"0 0 330 320\" role=\"img\" aria-label=\"\(title) of the classes\">\(ticks)\(lines.source)"
          + "<text class=\"tick\" text-anchor=\"middle\" x=\"\(place(x(0.5)))\" y=\"\(place(y(0) + 34))\">\(xLabel)</text>"
          + "<text class=\"tick\" text-anchor=\"middle\" transform=\"translate(12 \(place(y(0.5)))) rotate(-90)\">\(yLabel)</text></svg>"
      ) + HTML.element("figcaption", title))
  }
}
