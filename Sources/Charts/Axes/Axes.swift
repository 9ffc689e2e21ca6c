/// The two axes of a plot with their grid. Converts numbers to positions on the canvas.
struct Axes {
  /// The rectangle of the curves.
  let plot: Rectangle
  private let xRange: ClosedRange<Double>
  private let xTicks: Ticks
  private let yTicks: Ticks
  private let xLabel: String
  private let yLabel: String
  private let frame: Rectangle
  /// Keeps the numbers below the axis free of the rings and markers on it.
  private static let xTickGap = 9.0

  /// Makes axes that fill `frame`, including all their labels.
  ///
  /// - Parameters:
  ///   - x: the range of the horizontal axis, in whole numbers. The axis is a little longer, to keep markers off the
  ///     edge.
  ///   - y: the range of the vertical axis. The axis is extended to a tick at each end.
  init(
    x: ClosedRange<Int>, y: ClosedRange<Double>, xLabel: String, yLabel: String, in frame: Rectangle, on canvas: Canvas
  ) {
    let ends = Double(x.lowerBound)...Double(x.upperBound)
    let room = x.count == 1 ? 0.5 : (ends.upperBound - ends.lowerBound) / 50
    self.init(
      xRange: ends.lowerBound - room...ends.upperBound + room, widest: ["\(x.lowerBound)", "\(x.upperBound)"], y: y,
      xLabel: xLabel, yLabel: yLabel, in: frame, on: canvas
    ) { Ticks(over: ends, atMost: $0, wholeNumbers: true) }
  }

  /// Makes axes whose horizontal one is logarithmic.
  ///
  /// - Parameters:
  ///   - logX: the range of the horizontal axis, as logarithms to the base 10.
  ///   - y: the range of the vertical axis. The axis is extended to a tick at each end.
  init(
    logX: ClosedRange<Double>, y: ClosedRange<Double>, xLabel: String, yLabel: String, in frame: Rectangle,
    on canvas: Canvas
  ) {
    let room = max((logX.upperBound - logX.lowerBound) / 50, 0.01)
    let range = logX.lowerBound - room...logX.upperBound + room
    self.init(xRange: range, widest: ["10⁻⁰⁰"], y: y, xLabel: xLabel, yLabel: yLabel, in: frame, on: canvas) {
      Ticks(powersOfTen: range, atMost: $0)
    }
  }

  /// Makes axes whose horizontal one shows any numbers.
  ///
  /// - Parameters:
  ///   - realX: the range of the horizontal axis. The axis is extended to a tick at each end.
  ///   - y: the range of the vertical axis. The axis is extended to a tick at each end.
  init(
    realX: ClosedRange<Double>, y: ClosedRange<Double>, xLabel: String, yLabel: String, in frame: Rectangle,
    on canvas: Canvas
  ) {
    let ticks = Ticks(over: realX, atMost: 5, widened: true)
    self.init(xRange: ticks.range, widest: ticks.labels, y: y, xLabel: xLabel, yLabel: yLabel, in: frame, on: canvas) {
      $0 < 5 ? Ticks(over: ticks.range, atMost: $0) : ticks
    }
  }

  /// - Parameters:
  ///   - xRange: the range of the horizontal axis.
  ///   - widest: its labels that need the most room.
  ///   - makeTicks: its ticks, at most as many as fit.
  private init(
    xRange: ClosedRange<Double>, widest: [String], y: ClosedRange<Double>, xLabel: String, yLabel: String,
    in frame: Rectangle, on canvas: Canvas, makeTicks: (_ count: Int) -> Ticks
  ) {
    func width(_ text: String) -> Double { canvas.measure(text, font: Theme.tick).width }
    let tickHeight = canvas.measure("0", font: Theme.tick).height
    let labelHeight = canvas.measure("0", font: Theme.label).height + Theme.gap

    let bottom = tickHeight + Axes.xTickGap + (xLabel.isEmpty ? 0 : labelHeight)
    yTicks = Ticks(over: y, atMost: Int(min(max((frame.height - bottom) / 42, 1), 8)), widened: true)
    let left = (yTicks.labels.map(width).max() ?? 0) + Theme.gap + (yLabel.isEmpty ? 0 : labelHeight)
    plot = frame.inset(left: left, top: tickHeight / 2, right: Theme.gap, bottom: bottom)

    let spacing = (widest.map(width).max() ?? 0) + 4 * Theme.gap
    xTicks = makeTicks(Int(min(max(plot.width / spacing, 1), 10)))
    self.xRange = xRange
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.frame = frame
  }

  /// The position of the numbers `x` and `y` on the canvas.
  func place(x: Double, y: Double) -> Point {
    Point(
      plot.x + plot.width * share(of: x, in: xRange), plot.maxY - plot.height * share(of: y, in: yTicks.range))
  }

  /// Draws the grid, the ticks and the labels.
  func draw(on canvas: Canvas) {
    for (value, label) in zip(yTicks.values, yTicks.labels) {
      let y = place(x: 0, y: value).y
      canvas.stroke(.line(from: Point(plot.x, y), to: Point(plot.maxX, y)), with: Theme.grid)
      canvas.text(
        label, at: Point(plot.x - Theme.gap, y), font: Theme.tick, with: Theme.mutedInk,
        anchor: TextAnchor(.right, .middle))
    }
    for (value, label) in zip(xTicks.values, xTicks.labels) {
      let x = place(x: value, y: 0).x
      canvas.stroke(.line(from: Point(x, plot.y), to: Point(x, plot.maxY + 4)), with: Theme.grid)
      canvas.text(
        label, at: Point(x, plot.maxY + Axes.xTickGap), font: Theme.tick, with: Theme.mutedInk,
        anchor: TextAnchor(.center, .top))
    }
    canvas.stroke(
      .line(from: Point(plot.x, plot.maxY), to: Point(plot.maxX, plot.maxY)), with: Theme.axis, width: 1.25)

    canvas.text(
      canvas.shorten(xLabel, toFit: plot.width, font: Theme.label), at: Point(plot.center.x, frame.maxY),
      font: Theme.label, with: Theme.ink, anchor: TextAnchor(.center, .bottom))
    canvas.text(
      canvas.shorten(yLabel, toFit: plot.height, font: Theme.label), at: Point(frame.x, plot.center.y),
      font: Theme.label, with: Theme.ink, anchor: TextAnchor(.center, .top), angle: -.pi / 2)
  }

  private func share(of value: Double, in range: ClosedRange<Double>) -> Double {
    (value - range.lowerBound) / (range.upperBound - range.lowerBound)
  }
}
