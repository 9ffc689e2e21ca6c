import Foundation

/// Pictures of several kinds at a glance: a row for each kind with its name, a remark and some of its pictures.
public struct ContactSheet: Chart {
  /// One kind of pictures.
  public struct Row: Hashable, Sendable {
    /// What the pictures are called.
    public var title: String
    /// What is to be said of them, such as their number.
    public var remark: String
    /// The pictures, from the left. Each keeps its proportions.
    public var images: [Bitmap]

    /// A row of pictures under a name.
    public init(title: String, remark: String = "", images: [Bitmap]) {
      self.title = title
      self.remark = remark
      self.images = images
    }
  }

  /// The words above the rows.
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
  /// A PNG at two pixels a point can be 32,767 pixels high.
  private static let heightLimit = 14_000.0

  private var columns: Int { max(1, rows.map(\.images.count).max() ?? 1) }

  /// Room for pictures of 96 × 96 points, or of fewer where there are very many rows.
  public var preferredSize: Canvas.Size {
    let rowCount = Double(max(1, rows.count))
    let cell = max(12, min(96 + Self.gap, (Self.heightLimit / rowCount).rounded(.down)))
    return Canvas.Size(
      width: Self.labelWidth + Double(columns) * cell - Self.gap + 2 * Theme.margin,
      height: rowCount * cell - Self.gap + 2 * Theme.margin + (title.isEmpty ? 0 : 28))
  }

  /// Draws the title and all rows inside `frame`, the pictures as large as they fit.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let inner = canvas.drawTitle(title, in: frame.inset(by: Theme.margin))
    guard !rows.isEmpty else { return canvas.drawPlaceholder("no pictures", in: inner) }
    let side =
      min(
        (inner.width - Self.labelWidth + Self.gap) / Double(columns), (inner.height + Self.gap) / Double(rows.count)
      ).rounded(.down) - Self.gap
    guard side >= 1 else { return canvas.drawPlaceholder("too small for \(rows.count) rows", in: inner) }
    for (index, row) in rows.enumerated() {
      let top = (inner.y + Double(index) * (side + Self.gap)).rounded()
      draw(row, labels: Rectangle(x: inner.x, y: top, width: Self.labelWidth - Self.gap, height: side), on: canvas)
      for (column, image) in row.images.enumerated() {
        let left = inner.x + Self.labelWidth + Double(column) * (side + Self.gap)
        draw(image, in: Rectangle(x: left.rounded(), y: top, width: side, height: side), on: canvas)
      }
    }
  }

  /// The title and the remark of a row in the middle of its height.
  private func draw(_ row: Row, labels frame: Rectangle, on canvas: Canvas) {
    let middle = frame.center.y
    canvas.text(
      canvas.shorten(row.title, toFit: frame.width, font: Self.titleFont), at: Point(frame.x, middle),
      font: Self.titleFont, with: Theme.ink, anchor: TextAnchor(.left, row.remark.isEmpty ? .middle : .bottom))
    canvas.text(
      canvas.shorten(row.remark, toFit: frame.width, font: Theme.tick), at: Point(frame.x, middle + 2),
      font: Theme.tick, with: Theme.mutedInk, anchor: TextAnchor(.left, .top))
  }

  private static let titleFont = Font(size: 12, weight: .bold)

  private func draw(_ image: Bitmap, in square: Rectangle, on canvas: Canvas) {
    let zoom = square.width / Double(max(image.width, image.height))
    let size = Canvas.Size(width: Double(image.width) * zoom, height: Double(image.height) * zoom)
    canvas.fill(.rectangle(square), with: Theme.grid)
    canvas.draw(image, in: Rectangle(center: square.center, size: size), interpolation: zoom > 1 ? .nearest : .smooth)
  }
}
