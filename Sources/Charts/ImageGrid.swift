import Serialization
import Tensor

/// Pictures in rows, each with its predicted and its true class. Correct predictions are green with a tick, wrong ones
/// red with a cross. At most 400 pictures are drawn; if there are more, the title says so.
public struct ImageGrid: Chart {
  /// One picture with its predicted and its true class.
  public struct Sample: Hashable, Sendable {
    /// The picture.
    public var image: Bitmap
    /// The true class.
    public var expected: String
    /// The predicted class.
    public var predicted: String
    /// The probability of the predicted class, from 0 to 1, if known.
    public var probability: Double?

    /// A picture with its labels.
    public init(image: Bitmap, expected: String, predicted: String, probability: Double? = nil) {
      self.image = image
      self.expected = expected
      self.predicted = predicted
      self.probability = probability
    }

    /// Whether the two classes are the same, by their code points.
    var isRight: Bool { ExactText(expected) == ExactText(predicted) }
  }

  /// The title above the pictures.
  public var title: String
  /// The pictures, row by row.
  public var samples: [Sample]
  /// Pictures in a row; at most 80 are drawn.
  public var columns: Int

  /// A grid of the given pictures. Without `columns` it is about one and a half times as wide as high.
  public init(title: String = "", samples: [Sample], columns: Int? = nil) {
    self.title = title
    self.samples = samples
    let count = min(samples.count, Self.sampleLimit)
    self.columns = max(1, columns ?? Int((1.5 * Double(count)).squareRoot().rounded(.up)))
  }

  private static let sampleLimit = 400
  /// The most pictures in a row and in a column.
  private static let lineLimit = 80

  private static let rightColor = Color(hex: 0x1A7F45)
  private static let wrongColor = Color(hex: 0xC8321E)
  private static let captionFont = Font(size: 12, weight: .bold)
  private static let captionHeight = 38.0
  private static let gap = 16.0

  private var usedColumns: Int { max(1, min(columns, samples.count, Self.lineLimit)) }
  private var shownCount: Int { min(samples.count, Self.sampleLimit, usedColumns * Self.lineLimit) }
  private var rows: Int { max(1, (shownCount + usedColumns - 1) / usedColumns) }
  private var headline: String {
    shownCount < samples.count ? "\(title) (\(shownCount) of \(samples.count))" : title
  }

  /// Room for pictures of 128 × 128 points; for smaller ones if there are very many.
  public var preferredSize: Canvas.Size {
    let count = Double(usedColumns * rows)
    // The side at which (side + gap) * (side + gap + caption) reaches the largest area of a cell.
    let half = Self.captionHeight / 2
    let largest = (Canvas.Size.preferredAreaLimit / count + half * half).squareRoot() - half - Self.gap
    let side = min(128, largest)
    let cell = side.rounded(.down) + ImageGrid.gap
    return Canvas.Size(
      width: max(2, Double(usedColumns)) * cell - ImageGrid.gap + 2 * Theme.margin,
      height: Double(rows) * (cell + ImageGrid.captionHeight) - ImageGrid.gap + 2 * Theme.margin
        + (headline.isEmpty ? 0 : 28)
    ).limited
  }

  /// Draws the title and all pictures inside `frame`, as large as they fit.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let inner = canvas.drawTitle(headline, in: frame.inset(by: Theme.margin))
    guard !samples.isEmpty else { return canvas.drawPlaceholder("no pictures", in: inner) }
    let width = (inner.width + ImageGrid.gap) / Double(usedColumns)
    let height = (inner.height + ImageGrid.gap) / Double(rows)
    // Whole numbers keep enlarged pixels equally large.
    let side = min(width - ImageGrid.gap, height - ImageGrid.gap - ImageGrid.captionHeight).rounded(.down)
    guard side >= 1 else { return canvas.drawPlaceholder("too small for \(counted(shownCount, "picture"))", in: inner) }
    let labels = labels(toFit: side, on: canvas)
    for (index, sample) in samples.prefix(shownCount).enumerated() {
      let place = Point(
        inner.x + (Double(index % usedColumns) * (side + ImageGrid.gap)),
        inner.y + (Double(index / usedColumns) * (side + ImageGrid.gap + ImageGrid.captionHeight)).rounded())
      draw(sample, in: Rectangle(x: place.x, y: place.y.rounded(), width: side, height: side), labels, on: canvas)
    }
  }

  /// The label of each class: one for all its places, as a prediction beside a probability and behind "true: ".
  private func labels(toFit width: Double, on canvas: Canvas) -> [String: String] {
    let shown = samples.prefix(shownCount)
    let names = shown.flatMap { [$0.predicted, $0.expected] }
    let percent = shown.map { canvas.measure(percentText($0, width: width), font: Theme.tick).width }.max() ?? 0
    let mark = canvas.measure("0", font: Self.captionFont).digitHeight
    let beside = mark + Theme.gap + (percent > 0 ? percent + Theme.gap : 0)
    let room = width - max(beside, canvas.measure("true: ", font: Theme.tick).width)
    let labels = canvas.shorten(names, toFit: room, font: Self.captionFont)
    return Dictionary(zip(names, labels)) { first, _ in first }
  }

  /// The probability of a prediction. In a small cell, the name has all the room.
  private func percentText(_ sample: Sample, width: Double) -> String {
    width < 100 ? "" : sample.probability.map { percentage($0, digits: 0) } ?? ""
  }

  private func draw(_ sample: Sample, in square: Rectangle, _ labels: [String: String], on canvas: Canvas) {
    let image = sample.image
    let zoom = square.width / Double(max(image.width, image.height))
    let size = Canvas.Size(width: Double(image.width) * zoom, height: Double(image.height) * zoom)
    let color = sample.isRight ? ImageGrid.rightColor : ImageGrid.wrongColor
    let picture = Rectangle(center: square.center, size: size)
    canvas.fill(.rectangle(square), with: Theme.grid)
    canvas.draw(image, in: picture, interpolation: zoom >= 1 ? .nearest : .smooth)
    canvas.stroke(.rectangle(square.inset(by: -1)), with: color, width: 2)
    drawCaption(of: sample, labels, color: color, in: square.inset(top: square.height + Theme.gap), on: canvas)
  }

  /// The mark, the prediction and its probability, and below them the truth.
  private func drawCaption(
    of sample: Sample, _ labels: [String: String], color: Color, in frame: Rectangle, on canvas: Canvas
  ) {
    let font = ImageGrid.captionFont
    let extents = canvas.measure("0", font: font)
    let baseline = frame.y + extents.ascent
    let markSide = extents.digitHeight
    drawMark(
      isRight: sample.isRight, color: color,
      in: Rectangle(x: frame.x, y: baseline - markSide, width: markSide, height: markSide), on: canvas)

    let percent = percentText(sample, width: frame.width)
    canvas.text(
      percent, at: Point(frame.maxX, baseline), font: Theme.tick, with: Theme.mutedInk, anchor: TextAnchor(.right))
    canvas.text(
      labels[sample.predicted] ?? sample.predicted, at: Point(frame.x + markSide + Theme.gap, baseline), font: font,
      with: color)
    let truth = "true: \(labels[sample.expected] ?? sample.expected)"
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
