import Tensor

/// Pictures with captions in rows, and the colours of heat maps below them.
///
/// At most 400 pictures are drawn; if there are more, the title says so.
public struct PictureSheet: Chart {
  /// A picture with its caption.
  public struct Picture: Hashable, Sendable {
    /// The caption.
    public var title: String
    /// A second line below it.
    public var remark: String
    /// The picture.
    public var image: Bitmap

    /// A picture with a caption.
    public init(title: String, remark: String = "", image: Bitmap) {
      (self.title, self.remark, self.image) = (title, remark, image)
    }
  }

  /// The title above the pictures.
  public var title: String
  /// The pictures, row by row.
  public var pictures: [Picture]
  /// Pictures in a row.
  public var columns: Int
  /// The longer side of a picture at the preferred size, in points.
  public var side: Double
  /// What the ends of the colour scale of heat maps mean; `nil` to draw no scale.
  public var scale: (low: String, high: String)?

  /// A sheet of pictures.
  public init(
    title: String = "", pictures: [Picture], columns: Int = 4, side: Double = 240,
    scale: (low: String, high: String)? = nil
  ) {
    (self.title, self.pictures, self.columns) = (title, pictures, max(columns, 1))
    (self.side, self.scale) = (max(side, 1), scale)
  }

  private static let limit = 400
  private static let gap = 14.0
  private static let titleFont = Font(size: 12, weight: .bold)
  private static let scaleHeight = 34.0

  private var shown: ArraySlice<Picture> { pictures.prefix(Self.limit) }
  private var usedColumns: Int { max(1, min(columns, shown.count)) }
  private var rows: Int { max(1, (shown.count + usedColumns - 1) / usedColumns) }
  private var headline: String {
    shown.count < pictures.count ? "\(title) (\(shown.count) of \(pictures.count))" : title
  }
  private var captionHeight: Double {
    (shown.contains { !$0.title.isEmpty } ? 20 : 0) + (shown.contains { !$0.remark.isEmpty } ? 16 : 0)
  }
  /// The height of the highest picture, when the longer sides are 1.
  private var heightShare: Double {
    shown.map { min(1, Double($0.image.height) / Double($0.image.width)) }.max() ?? 1
  }

  /// Room for pictures of the wanted size; for smaller ones if there are very many.
  public var preferredSize: Canvas.Size {
    Canvas.Size(
      width: max(Double(usedColumns) * (side + Self.gap) - Self.gap, 200) + 2 * Theme.margin,
      height: Double(rows) * (side * heightShare + captionHeight + Self.gap) - Self.gap + 2 * Theme.margin
        + (headline.isEmpty ? 0 : 28) + (scale == nil ? 0 : Self.scaleHeight)
    ).limited
  }

  /// Draws the title, all pictures and the scale inside `frame`, the pictures as large as they fit.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let inner = canvas.drawTitle(headline, in: frame.inset(by: Theme.margin))
    guard !pictures.isEmpty else { return canvas.drawPlaceholder("no pictures", in: inner) }
    let grid = inner.inset(bottom: scale == nil ? 0 : Self.scaleHeight)
    let width = (grid.width + Self.gap) / Double(usedColumns) - Self.gap
    let height = (grid.height + Self.gap) / Double(rows) - Self.gap - captionHeight
    let side = min(width, height / heightShare).rounded(.down)
    guard side >= 1 else {
      return canvas.drawPlaceholder("too small for \(counted(shown.count, "picture"))", in: inner)
    }
    let titles = canvas.shorten(shown.map(\.title), toFit: side, font: Self.titleFont)
    for (index, picture) in shown.enumerated() {
      let place = Rectangle(
        x: (grid.x + Double(index % usedColumns) * (side + Self.gap)).rounded(),
        y: (grid.y + Double(index / usedColumns) * (side * heightShare + captionHeight + Self.gap)).rounded(),
        width: side, height: (side * heightShare).rounded())
      draw(picture, titled: titles[index], in: place, on: canvas)
    }
    if let scale { drawScale(scale, in: inner.inset(top: inner.height - Self.scaleHeight + Self.gap), on: canvas) }
  }

  private func draw(_ picture: Picture, titled title: String, in frame: Rectangle, on canvas: Canvas) {
    let image = picture.image
    let zoom = min(frame.width / Double(image.width), frame.height / Double(image.height))
    let size = Canvas.Size(width: Double(image.width) * zoom, height: Double(image.height) * zoom)
    canvas.draw(
      image, in: Rectangle(x: frame.x, y: frame.y, width: size.width, height: size.height),
      interpolation: zoom >= 2 ? .nearest : .smooth)
    var y = frame.maxY + Theme.gap
    for (text, font, ink) in [
      (title, Self.titleFont, Theme.ink),
      (canvas.shorten(picture.remark, toFit: frame.width, font: Theme.tick), Theme.tick, Theme.mutedInk),
    ] where !text.isEmpty {
      canvas.text(
        text, at: Point(frame.x, y), font: font, with: ink, anchor: TextAnchor(.left, .top))
      y += 16
    }
  }

  private func drawScale(_ scale: (low: String, high: String), in frame: Rectangle, on canvas: Canvas) {
    let low = canvas.measure(scale.low, font: Theme.tick).width
    let bar = Rectangle(x: frame.x + low + Theme.gap, y: frame.y + 4, width: min(160, frame.width / 3), height: 10)
    canvas.fill(
      .rectangle(bar),
      with: LinearGradient(
        from: Point(bar.x, bar.y), to: Point(bar.maxX, bar.y), stops: ColorScale.heat.colorStops))
    canvas.stroke(.rectangle(bar), with: Theme.axis, width: 0.5)
    for (text, x, side) in [
      (scale.low, bar.x - Theme.gap, TextAnchor(.right, .middle)),
      (scale.high, bar.maxX + Theme.gap, TextAnchor(.left, .middle)),
    ] {
      canvas.text(text, at: Point(x, bar.center.y), font: Theme.tick, with: Theme.mutedInk, anchor: side)
    }
  }
}
