import Training

/// ROC and precision-recall curves of all classes.
struct RankingCharts {
  private let classes: [ClassificationAnalysis.ClassFigures]
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
      chart("ROC curves", x: "false positives, %", y: "true positives, %", \.rocLine)
      + chart("Precision-recall curves", x: "recall, %", y: "precision, %", \.precisionRecallLine)
    return HTML.element("p", "The classes that are told apart worst; the table of classes has the areas of all.")
      + HTML.element("ul", legend, attributes: "class=\"legend\"")
      + HTML.element("div", charts, attributes: "class=\"pair\"")
  }

  private func chart(
    _ title: String, x xLabel: String, y yLabel: String,
    _ curve: KeyPath<ClassificationAnalysis.ClassFigures, [(x: Double, y: Double)]>
  ) -> HTML {
    let lines = classes.enumerated().map { index, figures in
      let points = figures[keyPath: curve]
      let path = "M" + points.map { "\(place(SquarePlot.x($0.x))) \(place(SquarePlot.y($0.y)))" }.joined(separator: "L")
      return HTML("<path class=\"curve c\(index)\" d=\"\(points.isEmpty ? "" : path)\"><title>")
        + HTML.text(figures.name)
        + HTML("</title></path>")
    }.joined()
    let svg = SquarePlot.svg("\(title) of the classes", x: xLabel, y: yLabel, lines)
    return HTML.element("figure", svg + HTML.element("figcaption", title))
  }
}

extension ClassificationAnalysis.ClassFigures {
  /// The corners of the ROC curve, which is straight between its points.
  fileprivate var rocLine: [(x: Double, y: Double)] { rocCurve.map { Array(zip($0.x, $0.y)) } ?? [] }

  /// The corners of the precision-recall curve. It begins at (0, 1), where no example is found, and goes in steps: each precision
  /// holds back to the recall before it, so that the area below is the average precision. Precision between two points is not the
  /// straight line between them (Davis and Goadrich 2006, "The relationship between precision-recall and ROC curves").
  fileprivate var precisionRecallLine: [(x: Double, y: Double)] {
    guard let curve = precisionRecallCurve else { return [] }
    var corners = [(x: 0.0, y: 1.0)]
    var recall = 0.0
    for (x, y) in zip(curve.x, curve.y) {
      corners += [(recall, y), (x, y)]
      recall = x
    }
    return corners
  }
}
