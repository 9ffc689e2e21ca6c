/// Something that draws itself into a rectangle of a canvas, and so into a file or into a `Figure` beside others.
///
/// ```swift
/// let chart = LineChart(
///   title: "Loss", xLabel: "epochs", yLabel: "loss",
///   series: [.init(name: "train", values: [1.2, 0.7, 0.5]), .init(name: "test", values: [1.3, 0.9, 0.8])])
/// try chart.write(to: "loss.png")
/// ```
public protocol Chart: Sendable {
  /// The size at which the chart reads well, in points.
  var preferredSize: Canvas.Size { get }

  /// Draws the chart inside `frame`, on whatever is there already.
  func draw(on canvas: Canvas, in frame: Rectangle)
}

extension Chart {
  /// Writes the chart to a file, whole or not at all; the extension of `path` says whether it becomes a PNG, an SVG or a PDF.
  ///
  /// - Parameters:
  ///   - path: where the file shall stand. Its folder must exist.
  ///   - size: width and height in points; `preferredSize` unless given.
  ///   - scale: pixels per point of a PNG. At 2 it is sharp on fine screens; SVG and PDF are sharp at any size.
  /// - Throws: `DrawingError` for an unknown extension or an impossible size; `FileError` if the file cannot be written.
  public func write(to path: String, size: Canvas.Size? = nil, scale: Double = 2) throws {
    let canvas = try Canvas(PictureFormat(path: path), size: size ?? preferredSize, scale: scale)
    draw(on: canvas, in: canvas.bounds)
    try canvas.write(to: path)
  }
}
