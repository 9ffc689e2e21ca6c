/// A square with two equal axes, as SVG: from 0 to 100 %, unless other marks are given.
enum SquarePlot {
  private static let (side, left, top) = (260.0, 46.0, 10.0)

  /// Where a share from 0 to 1 is from left to right.
  static func x(_ share: Double) -> Double { left + side * min(max(share, 0), 1) }

  /// Where a share from 0 to 1 is from top to bottom.
  static func y(_ share: Double) -> Double { top + side * (1 - min(max(share, 0), 1)) }

  /// The line from the lower left to the upper right.
  static let diagonal =
    "<line class=\"ideal\" x1=\"\(place(x(0)))\" y1=\"\(place(y(0)))\" x2=\"\(place(x(1)))\" y2=\"\(place(y(1)))\"/>"

  /// The plot.
  ///
  /// - Parameters:
  ///   - name: what it shows, for those who do not see it.
  ///   - xLabel: the words below it.
  ///   - yLabel: the words beside it.
  ///   - marks: the shares of both axes that have a label.
  ///   - content: the elements over the grid.
  static func svg(
    _ name: String, x xLabel: String, y yLabel: String,
    marks: [(share: Double, label: String)] = [0.0, 0.25, 0.5, 0.75, 1].map { ($0, "\(Int(100 * $0))") },
    _ content: HTML
  ) -> HTML {
    let (start, end) = (place(x(0)), place(x(1)))
    let grid = marks.map { tick, label in
      let (across, down) = (place(x(tick)), place(y(tick)))
      return "<line class=\"grid\" x1=\"\(start)\" x2=\"\(end)\" y1=\"\(down)\" y2=\"\(down)\"/>"
        + text(label, anchor: "end", "x=\"\(place(x(0) - 6))\" y=\"\(place(y(tick) + 4))\"")
        + text(label, anchor: "middle", "x=\"\(across)\" y=\"\(place(y(0) + 16))\"")
    }.joined()
    return HTML(
      "<svg class=\"square\" viewBox=\"0 0 330 320\" role=\"img\" aria-label=\"\(name)\">\(grid)\(content.source)"
        + text(xLabel, anchor: "middle", "x=\"\(place(x(0.5)))\" y=\"\(place(y(0) + 34))\"")
        + text(yLabel, anchor: "middle", "transform=\"translate(12 \(place(y(0.5)))) rotate(-90)\"") + "</svg>")
  }

  private static func text(_ words: some CustomStringConvertible, anchor: String, _ attributes: String) -> String {
    "<text class=\"tick\" text-anchor=\"\(anchor)\" \(attributes)>\(words)</text>"
  }
}
