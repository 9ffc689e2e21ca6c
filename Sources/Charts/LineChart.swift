import Foundation

/// Curves over whole numbers, such as the loss over the epochs.
///
/// A value that is not finite leaves a gap in its curve. If there is room, each value has a marker. Of a curve with
/// very many values, only the first, lowest, highest and last value of each column are drawn, so that the file stays
/// small.
public struct LineChart: Chart {
  /// One curve.
  public struct Series: Hashable, Sendable {
    /// Which value of a curve is the best. The legend names it, and a ring marks it on the curve.
    public enum Best: Hashable, Sendable {
      /// The highest, as for an accuracy.
      case highest
      /// The lowest, as for a loss.
      case lowest
    }

    /// The name in the legend.
    public var name: String
    /// The values of the curve, one for each whole number from the chart's `firstX` on.
    public var values: [Double]
    /// The colour; nil for the next colour of a palette for all kinds of colour vision.
    public var color: Color?
    /// The value to mark as the best; nil for none.
    public var best: Best?

    /// A curve through `values`.
    public init(name: String, values: [Double], color: Color? = nil, best: Best? = nil) {
      self.name = name
      self.values = values
      self.color = color
      self.best = best
    }

    /// The index and the value of the best value; if several are equal, the first.
    var bestPoint: (index: Int, value: Double)? {
      guard let best else { return nil }
      let drawable = values.indices.filter { values[$0].isDrawable }
      let index =
        switch best {
        case .highest: drawable.max { values[$0] < values[$1] }
        case .lowest: drawable.min { values[$0] < values[$1] }
        }
      return index.map { ($0, values[$0]) }
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
  /// The x of the first value of each curve; epochs count from 1.
  public var firstX: Int
  /// The parts of the horizontal axis, in ascending order, such as the stages of a training; empty for none. A line marks where
  /// one ends and the next begins, and each has its name above the curves, as far as there is room.
  public var sections: [Section] = []

  /// A part of the horizontal axis that begins with one of the values and ends where the next part begins.
  public struct Section: Hashable, Sendable {
    /// The name.
    public var name: String
    /// The index of its first value.
    public var start: Int

    /// A part from the value with the index `start` on.
    public init(name: String, start: Int) {
      (self.name, self.start) = (name, start)
    }
  }

  /// A chart of the given curves.
  public init(title: String = "", xLabel: String = "", yLabel: String = "", series: [Series], firstX: Int = 1) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.firstX = firstX
  }

  private static let markedLimit = 21

  /// 520 × 380 points.
  public var preferredSize: Canvas.Size { Canvas.Size(width: 520, height: 380) }

  /// Draws title, legend, axes and curves inside `frame`.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    var inner = canvas.drawTitle(title, in: frame.inset(by: Theme.margin))
    let count = series.map(\.values.count).max() ?? 0
    // Markers of very many curves would hide them.
    let showsMarkers = inner.width >= 11 * Double(count) && series.count <= Self.markedLimit
    let styles = series.enumerated().map { SeriesStyle(index: $0.offset, color: $0.element.color) }
    let entries = zip(series, styles).map { Legend.Entry(name: $0.name, remark: remark(on: $0), style: $1) }
    inner = Legend(entries: entries, showsMarkers: showsMarkers).draw(on: canvas, in: inner)

    let drawable = series.lazy.flatMap(\.values).filter(\.isDrawable)
    guard let lowest = drawable.min(), let highest = drawable.max() else {
      return canvas.drawPlaceholder("no data", in: inner)
    }
    let sections = SectionMarks(sections, count: count)
    let axes = Axes(
      x: start...start + count - 1, y: lowest...highest, xLabel: xLabel, yLabel: yLabel,
      in: inner.inset(top: sections.height(on: canvas)), on: canvas)
    axes.draw(on: canvas)
    sections.draw(from: start, on: axes, canvas)
    for (series, style) in zip(series, styles) {
      draw(series, style: style, showsMarkers: showsMarkers, axes: axes, on: canvas)
    }
  }

  private func draw(_ series: Series, style: SeriesStyle, showsMarkers: Bool, axes: Axes, on canvas: Canvas) {
    let runs = series.values.indices
      .split { !series.values[$0].isDrawable }
      .map { run in run.map { axes.place(x: Double(start + $0), y: series.values[$0]) } }
    for run in runs {
      style.drawLine(.polyline(thinned(run)), on: canvas)
    }
    // No line shows a single value between two gaps.
    for run in runs where showsMarkers || run.count == 1 {
      for point in run {
        style.drawMarker(at: point, on: canvas)
      }
    }
    if let best = series.bestPoint {
      let point = axes.place(x: Double(start + best.index), y: best.value)
      canvas.stroke(.circle(center: point, radius: 7), with: style.color, width: 1.5)
    }
  }

  private func remark(on series: Series) -> String {
    guard let best = series.bestPoint else { return "" }
    return String(format: "best %.3g at %d", best.value, start + best.index)
  }

  /// `firstX`, limited to the whole numbers that are distinct as `Double`.
  private var start: Int { min(max(firstX, -(1 << 50)), 1 << 50) }
}

extension Double {
  /// Whether an axis can show the number: it is finite, and so small that the difference of two such numbers is finite.
  fileprivate var isDrawable: Bool { magnitude < 1e300 }
}

/// The same curve with fewer points. Of the points in one column, which is half a unit wide, only the first, lowest,
/// highest and last are kept.
///
/// The picture looks the same, and the number of points that cairo draws is limited by the size of the picture.
private func thinned(_ points: [Point]) -> [Point] {
  guard let first = points.first, let last = points.last, Double(points.count) > 8 * (last.x - first.x) else {
    return points
  }
  var kept: [Point] = []
  var start = points.startIndex
  while start < points.endIndex {
    let column = (2 * points[start].x).rounded(.down)
    let end = points[start...].firstIndex { (2 * $0.x).rounded(.down) != column } ?? points.endIndex
    let indices = start..<end
    let extremes = [
      start, indices.min { points[$0].y < points[$1].y } ?? start, indices.max { points[$0].y < points[$1].y } ?? start,
      end - 1,
    ]
    kept += Set(extremes).sorted().map { points[$0] }
    start = end
  }
  return kept
}
