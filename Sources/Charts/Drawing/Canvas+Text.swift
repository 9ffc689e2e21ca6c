import CCairo

/// Words.
extension Canvas {
  /// Draws one line of text.
  ///
  /// - Parameters:
  ///   - text: control characters such as line breaks become spaces.
  ///   - point: where the `anchor` of the text lies.
  ///   - font: family, size and weight of the letters.
  ///   - paint: their colour or gradient.
  ///   - anchor: the part of the text that lies at `point`.
  ///   - angle: the turn about `point` in radians, clockwise; `-.pi / 2` makes the text run upwards.
  public func text(
    _ text: String, at point: Point, font: Font, with paint: some Paint, anchor: TextAnchor = TextAnchor(),
    angle: Double = 0
  ) {
    guard !text.isEmpty else { return }
    let text = text.inOneLine
    texts.append(text)
    let extents = measure(text, font: font)
    let x =
      switch anchor.horizontal {
      case .left: 0.0
      case .center: -extents.width / 2
      case .right: -extents.width
      }
    let y =
      switch anchor.vertical {
      case .top: extents.ascent
      case .middle: extents.digitHeight / 2
      case .baseline: 0.0
      case .bottom: -extents.descent
      }
    withState {
      translate(x: point.x, y: point.y)
      rotate(by: angle)
      font.select(in: context)
      use(paint)
      cairo_move_to(context, x, y)
      cairo_show_text(context, text)
      cairo_new_path(context)
    }
  }

  /// What one line of text measures when it is drawn in `font`.
  public func measure(_ text: String, font: Font) -> TextExtents {
    withState {
      font.select(in: context)
      var line = cairo_text_extents_t()
      cairo_text_extents(context, text.inOneLine, &line)
      var digit = cairo_text_extents_t()
      cairo_text_extents(context, "0", &digit)
      var face = cairo_font_extents_t()
      cairo_font_extents(context, &face)
      return TextExtents(
        width: line.x_advance, ascent: face.ascent, descent: face.descent, digitHeight: digit.height)
    }
  }

  /// Letters keep their exact widths, so that a text is equally long in every format, and are smoothed in grey.
  func selectFontRendering() {
    let options = cairo_font_options_create()
    defer { cairo_font_options_destroy(options) }
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_set_font_options(context, options)
  }
}

extension String {
  /// The text with a space for each control character, since a font has no letters for them.
  fileprivate var inOneLine: String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
