/// Predicted numbers over true ones, with a dot for each example. Right answers are on the dashed diagonal.
///
/// Both axes have the same range. An example with a number that is not finite is left out. Of dots at the same place, one is drawn, so
/// that the file stays small.
public struct PredictionChart: Chart {
  /// The title above the chart.
  public var title: String
  /// The label of the horizontal axis.
  public var xLabel: String
  /// The label of the vertical axis.
  public var yLabel: String
  /// The true number of each example.
  public var expected: [Double]
  /// The predicted number of each example. Of two arrays of different lengths, the rest of the longer one is left out.
  public var predicted: [Double]

  /// A chart of the given numbers.
  public init(
    title: String = "", xLabel: String = "true value", yLabel: String = "predicted value", expected: [Double],
    predicted: [Double]
  ) {
    (self.title, self.xLabel, self.yLabel) = (title, xLabel, yLabel)
    (self.expected, self.predicted) = (expected, predicted)
  }

  /// 440 × 460 points.
  public var preferredSize: Canvas.Size { Canvas.Size(width: 440, height: 460) }

  /// Draws title, axes, diagonal and dots inside `frame`.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let inner = canvas.drawTitle(title, in: frame.inset(by: Theme.margin))
    let points = zip(expected, predicted).filter { $0.magnitude < 1e300 && $1.magnitude < 1e300 }
    let ends = points.flatMap { [$0.0, $0.1] }
    guard let lowest = ends.min(), let highest = ends.max() else { return canvas.drawPlaceholder("no data", in: inner) }
    let axes = Axes(
      realX: lowest...highest, y: lowest...highest, xLabel: xLabel, yLabel: yLabel, in: inner, on: canvas)
    axes.draw(on: canvas)
    canvas.stroke(
      .line(from: axes.place(x: lowest, y: lowest), to: axes.place(x: highest, y: highest)), with: Theme.axis,
      width: 1.25, dash: [5, 4])
    var taken: Set<Place> = []
    for (x, y) in points {
      let point = axes.place(x: x, y: y)
      guard taken.insert(Place(x: Int(point.x.rounded()), y: Int(point.y.rounded()))).inserted else { continue }
      canvas.fill(.circle(center: point, radius: 2.75), with: Theme.palette[0].withAlpha(0.5))
    }
  }

  /// A square of one point.
  private struct Place: Hashable {
    let x, y: Int
  }
}
