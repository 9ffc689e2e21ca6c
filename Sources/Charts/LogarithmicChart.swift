import Foundation

/// Curves over positive numbers on a logarithmic axis, such as the loss over the learning rate.
///
/// A point whose numbers cannot be drawn, such as NaN or an x of 0, leaves a gap.
public struct LogarithmicChart: Chart {
  /// One curve.
  public struct Series: Hashable, Sendable {
    /// The name in the legend.
    public var name: String
    /// The points, as many x as y. Of two arrays of different lengths, the rest of the longer one is left out.
    public var x: [Double]
    /// The heights of the points.
    public var y: [Double]
    /// Whether a curve joins the points. Otherwise each has a marker.
    public var isLine: Bool

    /// A curve through points, or markers at them.
    public init(name: String, x: [Double], y: [Double], isLine: Bool = true) {
      (self.name, self.x, self.y, self.isLine) = (name, x, y, isLine)
    }

    /// The points with logarithms as x; `nil` where one cannot be drawn.
    fileprivate var points: [(x: Double, y: Double)?] {
      zip(x, y).map { x, y in x > 0 && x.isFinite && y.magnitude < 1e300 ? (log10(x), y) : nil }
    }
  }

  /// The title above the chart.
  public var title: String
  /// The label of the horizontal axis.
  public var xLabel: String
  /// The label of the vertical axis.
  public var yLabel: String
  /// The curves; later ones are drawn over earlier ones.
  public var series: [Series]

  /// A chart of the given curves.
  public init(title: String = "", xLabel: String = "", yLabel: String = "", series: [Series]) {
    (self.title, self.xLabel, self.yLabel, self.series) = (title, xLabel, yLabel, series)
  }

  /// 520 × 380 points.
  public var preferredSize: Canvas.Size { Canvas.Size(width: 520, height: 380) }

  /// Draws title, legend, axes and curves inside `frame`.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    var inner = canvas.drawTitle(title, in: frame.inset(by: Theme.margin))
    let styles = series.indices.map { SeriesStyle(index: $0) }
    let entries = zip(series, styles).map { Legend.Entry(name: $0.name, remark: "", style: $1) }
    inner = Legend(entries: entries, showsMarkers: series.contains { !$0.isLine }).draw(on: canvas, in: inner)

    let curves = series.map(\.points)
    let drawable = curves.joined().compactMap(\.self)
    guard let left = drawable.map(\.x).min(), let right = drawable.map(\.x).max(),
      let lowest = drawable.map(\.y).min(), let highest = drawable.map(\.y).max()
    else { return canvas.drawPlaceholder("no data", in: inner) }
    let axes = Axes(
      logX: left...right, y: lowest...highest, xLabel: xLabel, yLabel: yLabel, in: inner, on: canvas)
    axes.draw(on: canvas)
    for ((series, points), style) in zip(zip(series, curves), styles) {
      let runs = points.split { $0 == nil }.map { $0.compactMap(\.self).map { axes.place(x: $0.x, y: $0.y) } }
      for run in runs where series.isLine { style.drawLine(.polyline(run), on: canvas) }
      for run in runs where !series.isLine || run.count == 1 {
        for point in run { style.drawMarker(at: point, on: canvas, radius: 4.5) }
      }
    }
  }
}
