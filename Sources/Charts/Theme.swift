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
}
