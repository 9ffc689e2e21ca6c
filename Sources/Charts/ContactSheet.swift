import Tensor

/// Some pictures of each class: a row for each class with its name, a remark and its pictures.
///
/// At most 100 rows, and 40 pictures in a row, are drawn, so that pictures and names can be recognized. If there are more rows, the
/// title says so.
public struct ContactSheet: Chart {
  /// The pictures of one class.
  public struct Row: Hashable, Sendable {
    /// The name of the class.
    public var title: String
    /// A remark below the name, such as the number of pictures.
    public var remark: String
    /// The pictures, from the left. Each keeps its proportions.
    public var images: [Bitmap]

    /// A row with a name, a remark and pictures.
    public init(title: String, remark: String = "", images: [Bitmap]) {
      self.title = title
      self.remark = remark
      self.images = images
    }
  }

  /// The title above the rows.
  public var title: String
  /// The rows, from the top.
  public var rows: [Row]

  /// A sheet of the given rows.
  public init(title: String = "", rows: [Row]) {
    self.title = title
    self.rows = rows
  }

  private static let labelWidth = 150.0
  private static let gap = 8.0
  private static let rowLimit = 100
  private static let columnLimit = 40

  /// How many rows are drawn of so many, and how many pictures in each of them: the others need not be read.
  ///
  /// Cells are at least 13 points wide: with more rows, fewer pictures in a row are drawn.
  public static func drawnCounts(rows: Int, columns: Int) -> (rows: Int, columns: Int) {
    let rows = min(max(rows, 0), rowLimit)
    let widest = Canvas.Size.preferredAreaLimit / Double(13 * max(1, rows))
    return (rows, min(max(columns, 0), columnLimit, max(1, Int((widest - labelWidth) / 13))))
  }

  private var drawn: (rows: Int, columns: Int) {
    Self.drawnCounts(rows: rows.count, columns: rows.prefix(Self.rowLimit).map(\.images.count).max() ?? 0)
  }
  private var shown: ArraySlice<Row> { rows.prefix(drawn.rows) }
  private var columns: Int { max(1, drawn.columns) }
  private var headline: String {
    shown.count < rows.count ? "\(title) (\(shown.count) of \(rows.count) rows)" : title
  }

  /// Room for pictures of 96 × 96 points; for smaller ones if there are very many.
  public var preferredSize: Canvas.Size {
    let rowCount = Double(max(1, shown.count))
    // The side at which rows * side * (labels + columns * side) reaches the largest area.
    let (half, area) = (Self.labelWidth / 2, Canvas.Size.preferredAreaLimit / rowCount)
    let side = ((half * half + Double(columns) * area).squareRoot() - half) / Double(columns)
    let cell = min(96 + Self.gap, side, Canvas.Size.preferredSideLimit / rowCount - 1).rounded(.down)
    return Canvas.Size(
      width: Self.labelWidth + Double(columns) * cell - Self.gap + 2 * Theme.margin,
      height: rowCount * cell - Self.gap + 2 * Theme.margin + (headline.isEmpty ? 0 : 28)
    ).limited
  }

  /// Draws the title and all rows inside `frame`, the pictures as large as they fit.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let inner = canvas.drawTitle(headline, in: frame.inset(by: Theme.margin))
    guard !rows.isEmpty else { return canvas.drawPlaceholder("no pictures", in: inner) }
    let side =
      min(
        (inner.width - Self.labelWidth + Self.gap) / Double(columns), (inner.height + Self.gap) / Double(shown.count)
      ).rounded(.down) - Self.gap
    guard side >= 1 else { return canvas.drawPlaceholder("too small for \(counted(shown.count, "row"))", in: inner) }
    let font = Font(size: min(12, max(5, side)), weight: .bold)
    let titles = canvas.shorten(shown.map(\.title), toFit: Self.labelWidth - Self.gap, font: font)
    for (index, row) in shown.enumerated() {
      let top = (inner.y + Double(index) * (side + Self.gap)).rounded()
      let labels = Rectangle(x: inner.x, y: top, width: Self.labelWidth - Self.gap, height: side)
      draw(titles[index], font, remark: row.remark, in: labels, on: canvas)
      for (column, image) in row.images.prefix(columns).enumerated() {
        let left = inner.x + Self.labelWidth + Double(column) * (side + Self.gap)
        draw(image, in: Rectangle(x: left.rounded(), y: top, width: side, height: side), on: canvas)
      }
    }
  }

  /// The title and the remark of a row, centred vertically; only the title in a low row.
  private func draw(_ title: String, _ font: Font, remark: String, in frame: Rectangle, on canvas: Canvas) {
    let middle = frame.center.y
    let hasRemark = !remark.isEmpty && frame.height >= 28
    canvas.text(
      title, at: Point(frame.x, middle), font: font, with: Theme.ink,
      anchor: TextAnchor(.left, hasRemark ? .bottom : .middle))
    guard hasRemark else { return }
    canvas.text(
      canvas.shorten(remark, toFit: frame.width, font: Theme.tick), at: Point(frame.x, middle + 2),
      font: Theme.tick, with: Theme.mutedInk, anchor: TextAnchor(.left, .top))
  }

  private func draw(_ image: Bitmap, in square: Rectangle, on canvas: Canvas) {
    let zoom = square.width / Double(max(image.width, image.height))
    let size = Canvas.Size(width: Double(image.width) * zoom, height: Double(image.height) * zoom)
    canvas.fill(.rectangle(square), with: Theme.grid)
    canvas.draw(image, in: Rectangle(center: square.center, size: size), interpolation: zoom > 1 ? .nearest : .smooth)
  }
}
