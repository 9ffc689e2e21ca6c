/// The colours, fonts and distances that all charts share.
enum Theme {
  static let ink = Color(hex: 0x222222)
  static let mutedInk = Color(hex: 0x6B6B6B)
  static let axis = Color(hex: 0x9A9A9A)
  static let grid = Color(hex: 0xE8E8E8)

  static let figureTitle = Font(size: 18, weight: .bold)
  static let title = Font(size: 15, weight: .bold)
  static let label = Font(size: 12)
  static let tick = Font(size: 11)

  /// The margin of a chart.
  static let margin = 16.0
  /// The distance between parts that belong together.
  static let gap = 6.0

  /// Colours for series that readers of any colour vision tell apart, darkest first (Okabe & Ito, 2008).
  static let palette: [Color] = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x000000].map {
    Color(hex: $0)
  }
}

extension Canvas {
  /// Draws `title`, if it is not empty, at the top of `frame`, and returns the rest of `frame`.
  func drawTitle(_ title: String, in frame: Rectangle, font: Font = Theme.title) -> Rectangle {
    guard !title.isEmpty else { return frame }
    let line = shorten(title, toFit: frame.width, font: font)
    text(line, at: Point(frame.x, frame.y), font: font, with: Theme.ink, anchor: TextAnchor(.left, .top))
    return frame.inset(top: measure(line, font: font).height + 1.5 * Theme.gap)
  }

  /// Writes a text in the middle of `frame` that says why nothing is drawn.
  func drawPlaceholder(_ words: String, in frame: Rectangle) {
    text(words, at: frame.center, font: Theme.label, with: Theme.mutedInk, anchor: TextAnchor(.center, .middle))
  }

  /// The text if it is at most `width` long; otherwise its beginning and an ellipsis.
  func shorten(_ text: String, toFit width: Double, font: Font) -> String {
    shorten(text, toFit: width, font: font) { $0.prefix($1) + "…" }
  }

  /// The names that are at most `width` long, and the beginnings of the others. Where the beginnings are the same, the ends of the
  /// names stay too, since they tell them apart.
  func shorten(_ names: [String], toFit width: Double, font: Font) -> [String] {
    let beginnings = names.map { shorten($0, toFit: width, font: font) }
    let counts = Dictionary(beginnings.map { ($0, 1) }, uniquingKeysWith: +)
    return zip(names, beginnings).map { name, beginning in
      guard beginning != name, counts[beginning, default: 1] > 1 else { return beginning }
      return shorten(name, toFit: width, font: font) { $0.prefix(($1 + 1) / 2) + "…" + $0.suffix($1 / 2) }
    }
  }

  /// - Parameter cut: a text of which so many letters are kept.
  private func shorten(
    _ text: String, toFit width: Double, font: Font, cut: (_ text: String, _ kept: Int) -> String
  ) -> String {
    guard measure(text, font: font).width > width else { return text }
    // No font is so narrow that more letters would fit.
    let text = text.count > 1000 ? String(text.prefix(500) + text.suffix(500)) : text
    var kept = 0
    var tooMany = text.count
    while tooMany - kept > 1 {
      let middle = (kept + tooMany) / 2
      if measure(cut(text, middle), font: font).width <= width { kept = middle } else { tooMany = middle }
    }
    return cut(text, kept)
  }
}
