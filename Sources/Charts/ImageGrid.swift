import Foundation

/// Pictures in rows, each with what it shows and what it was taken for: right predictions in green with a tick, wrong ones in red
/// with a cross.
public struct ImageGrid: Chart {
  /// One picture with its two labels.
  public struct Sample: Hashable, Sendable {
    /// The picture.
    public var image: Bitmap
    /// What it shows.
    public var expected: String
    /// What it was taken for.
    public var predicted: String
    /// How sure the prediction was, from 0 to 1, if known.
    public var probability: Double?

    /// A picture with its labels.
    public init(image: Bitmap, expected: String, predicted: String, probability: Double? = nil) {
      self.image = image
      self.expected = expected
      self.predicted = predicted
      self.probability = probability
    }

    /// Whether the two labels agree.
    var isRight: Bool { expected == predicted }
  }

  /// The words above the pictures.
  public var title: String
  /// The pictures, row by row.
  public var samples: [Sample]
  /// Pictures in a row.
  public var columns: Int

  /// A grid of the given pictures, about half as wide again as high unless `columns` is given.
  public init(title: String = "", samples: [Sample], columns: Int? = nil) {
    self.title = title
    self.samples = samples
    self.columns = max(1, columns ?? Int((1.5 * Double(samples.count)).squareRoot().rounded(.up)))
  }

  private static let rightColor = Color(hex: 0x1A7F45)
  private static let wrongColor = Color(hex: 0xC8321E)
  private static let captionFont = Font(size: 12, weight: .bold)
  private static let captionHeight = 38.0
  private static let gap = 16.0

  private var usedColumns: Int { max(1, min(columns, samples.count)) }
  private var rows: Int { max(1, (samples.count + columns - 1) / columns) }

  /// Room for pictures of 128 × 128 points.
  public var preferredSize: Canvas.Size {
    let cell = 128 + ImageGrid.gap
    return Canvas.Size(
      width: max(2, Double(usedColumns)) * cell - ImageGrid.gap + 2 * Theme.margin,
      height: Double(rows) * (cell + ImageGrid.captionHeight) - ImageGrid.gap + 2 * Theme.margin
        + (title.isEmpty ? 0 : 28))
  }

  /// Draws the title and all pictures inside `frame`, as large as they fit.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let inner = canvas.drawTitle(title, in: frame.inset(by: Theme.margin))
    guard !samples.isEmpty else { return canvas.drawPlaceholder("no pictures", in: inner) }
    let width = (inner.width + ImageGrid.gap) / Double(usedColumns)
    let height = (inner.height + ImageGrid.gap) / Double(rows)
    // Whole numbers keep enlarged pixels equally large.
    let side = min(width - ImageGrid.gap, height - ImageGrid.gap - ImageGrid.captionHeight).rounded(.down)
    guard side >= 1 else { return canvas.drawPlaceholder("too small for \(samples.count) pictures", in: inner) }
    for (index, sample) in samples.enumerated() {
      let place = Point(
        inner.x + (Double(index % columns) * (side + ImageGrid.gap)),
        inner.y + (Double(index / columns) * (side + ImageGrid.gap + ImageGrid.captionHeight)).rounded())
      draw(sample, in: Rectangle(x: place.x, y: place.y.rounded(), width: side, height: side), on: canvas)
    }
  }

  private func draw(_ sample: Sample, in square: Rectangle, on canvas: Canvas) {
    let image = sample.image
    let zoom = square.width / Double(max(image.width, image.height))
    let size = Canvas.Size(width: Double(image.width) * zoom, height: Double(image.height) * zoom)
    let color = sample.isRight ? ImageGrid.rightColor : ImageGrid.wrongColor
    let picture = Rectangle(center: square.center, size: size)
    canvas.fill(.rectangle(square), with: Theme.grid)
    canvas.draw(image, in: picture, interpolation: zoom >= 1 ? .nearest : .smooth)
    canvas.stroke(.rectangle(square.inset(by: -1)), with: color, width: 2)
    drawCaption(of: sample, color: color, in: square.inset(top: square.height + Theme.gap), on: canvas)
  }

  /// The mark, the prediction and its probability, and below them the truth.
  private func drawCaption(of sample: Sample, color: Color, in frame: Rectangle, on canvas: Canvas) {
    let font = ImageGrid.captionFont
    let extents = canvas.measure("0", font: font)
    let baseline = frame.y + extents.ascent
    let markSide = extents.digitHeight
    drawMark(
      isRight: sample.isRight, color: color,
      in: Rectangle(x: frame.x, y: baseline - markSide, width: markSide, height: markSide), on: canvas)

    let percent = sample.probability.map { String(format: "%.0f%%", 100 * $0) } ?? ""
    canvas.text(
      percent, at: Point(frame.maxX, baseline), font: Theme.tick, with: Theme.mutedInk, anchor: TextAnchor(.right))
    let percentWidth = percent.isEmpty ? 0 : canvas.measure(percent, font: Theme.tick).width + Theme.gap
    let start = markSide + Theme.gap
    let label = canvas.shorten(sample.predicted, toFit: frame.width - start - percentWidth, font: font)
    canvas.text(label, at: Point(frame.x + start, baseline), font: font, with: color)

    let truth = canvas.shorten("true: \(sample.expected)", toFit: frame.width, font: Theme.tick)
    canvas.text(
      truth, at: Point(frame.x, baseline + extents.descent + 2), font: Theme.tick, with: Theme.mutedInk,
      anchor: TextAnchor(.left, .top))
  }

  /// A tick or a cross as lines, since not every font has them as letters.
  private func drawMark(isRight: Bool, color: Color, in square: Rectangle, on canvas: Canvas) {
    func place(_ x: Double, _ y: Double) -> Point { Point(square.x + x * square.width, square.y + y * square.height) }
    var mark = Path()
    if isRight {
      mark = .polyline([place(0.05, 0.55), place(0.38, 0.9), place(0.95, 0.1)])
    } else {
      mark = .line(from: place(0.1, 0.1), to: place(0.9, 0.9))
      mark.append(.line(from: place(0.9, 0.1), to: place(0.1, 0.9)))
    }
    canvas.stroke(mark, with: color, width: 2, cap: .round, join: .round)
  }
}
