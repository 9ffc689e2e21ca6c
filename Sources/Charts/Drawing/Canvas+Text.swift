import CCairo

/// Texts.
extension Canvas {
  /// Draws one line of text in any script; Persian and Arabic run from right to left.
  ///
  /// - Parameters:
  ///   - text: the line. Line breaks and tabs become spaces, other control characters are written as `\u{1B}`; at most
  ///     4,096 code points are drawn.
  ///   - point: the position of the `anchor` of the text.
  ///   - font: family, size and weight of the letters.
  ///   - paint: the colour or gradient of the letters.
  ///   - anchor: the part of the text that is at `point`.
  ///   - angle: the rotation about `point` in radians, clockwise; with `-.pi / 2` the text runs upwards.
  public func text(
    _ text: String, at point: Point, font: Font, with paint: some Paint, anchor: TextAnchor = TextAnchor(),
    angle: Double = 0
  ) {
    guard !text.isEmpty else { return }
    let text = text.drawable
    texts.append(text)
    let line = typesetter.line(text, font: font)
    let metrics = typesetter.metrics(of: font)
    let x =
      switch anchor.horizontal {
      case .left: 0.0
      case .center: -line.width / 2
      case .right: -line.width
      }
    let y =
      switch anchor.vertical {
      case .top: metrics.ascent
      case .middle: metrics.digitHeight / 2
      case .baseline: 0.0
      case .bottom: -metrics.descent
      }
    withState {
      translate(x: point.x, y: point.y)
      rotate(by: angle)
      use(paint)
      cairo_move_to(context, x, y)
      line.show(in: context)
      cairo_new_path(context)
    }
  }

  /// The size of one line of text in `font`.
  public func measure(_ text: String, font: Font) -> TextExtents {
    let metrics = typesetter.metrics(of: font)
    return TextExtents(
      width: text.isEmpty ? 0 : typesetter.line(text.drawable, font: font).width, ascent: metrics.ascent,
      descent: metrics.descent, digitHeight: metrics.digitHeight)
  }
}

extension String {
  /// The text in one line of characters that a font, and the XML of an SVG, can hold.
  fileprivate var drawable: String {
    var result = ""
    for scalar in unicodeScalars.prefix(4096) {
      switch scalar.properties.generalCategory {
      case .control where "\n\r\t\u{B}\u{C}\u{85}".unicodeScalars.contains(scalar), .lineSeparator,
        .paragraphSeparator:
        result.unicodeScalars.append(" ")
      case .control:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      case _ where scalar.value & 0xFFFE == 0xFFFE:
        result.unicodeScalars.append("\u{FFFD}")
      default:
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
