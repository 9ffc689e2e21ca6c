/// A picture of data. It draws itself into a rectangle of a canvas: for a file, or together with other charts in a
/// `Figure`.
///
/// ```swift
/// let chart = LineChart(
///   title: "Loss", xLabel: "epochs", yLabel: "loss",
///   series: [.init(name: "train", values: [1.2, 0.7, 0.5]), .init(name: "test", values: [1.3, 0.9, 0.8])])
/// try chart.write(to: "loss.png")
/// ```
public protocol Chart: Sendable {
  /// A size at which the chart is easy to read, in points. It must be below 4 million square points for all data.
  var preferredSize: Canvas.Size { get }

  /// Draws the chart inside `frame`, over the existing drawing.
  func draw(on canvas: Canvas, in frame: Rectangle)
}

extension Chart {
  /// Writes the chart to a file, whole or not at all. The extension of `path` decides between PNG, SVG and PDF.
  ///
  /// - Parameters:
  ///   - path: the path of the file. Its folder must exist.
  ///   - size: width and height in points; the default is `preferredSize`.
  ///   - scale: pixels per point of a PNG. At 2 it is sharp on fine screens; SVG and PDF are sharp at any size.
  /// - Throws: `DrawingError` for an unknown extension, a size that cannot be drawn, or more than
  ///   `Canvas.defaultPixelLimit` pixels; `FileError` if the file cannot be written.
  public func write(to path: String, size: Canvas.Size? = nil, scale: Double = 2) throws {
    let canvas = try Canvas(PictureFormat(path: path), size: size ?? preferredSize, scale: scale)
    draw(on: canvas, in: canvas.bounds)
    try canvas.write(to: path)
  }
}
