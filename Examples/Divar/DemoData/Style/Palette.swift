import Kilim

/// The colours of one subject. They come from the same distribution for all classes, so that none is known by its colour.
struct Palette {
  /// The main colour.
  let body: Color
  /// Parts that differ from the body: a mane, a label, fins.
  let accent: Color
  /// Small things: a collar, a button.
  let detail: Color
  /// Lines around the parts.
  let outline: Color

  /// Draws colours until the body stands out from a background of about the colour `ground`.
  init(standingOutFrom ground: Color, using generator: inout RandomGenerator) {
    func color(awayFrom others: [Color]) -> Color {
      var color = Color.random(using: &generator)
      while others.contains(where: { ($0.lightness - color.lightness).magnitude < 0.28 }) {
        color = Color.random(using: &generator)
      }
      return color
    }
    body = color(awayFrom: [ground])
    accent = color(awayFrom: [body])
    detail = color(awayFrom: [body])
    outline = body.lightness < 0.25 ? body.lighter(0.35) : body.darker(0.72)
  }

  /// The body under light from above, for shapes within -1...1.
  var shadedBody: LinearGradient { Palette.shaded(body) }

  /// The accent under light from above.
  var shadedAccent: LinearGradient { Palette.shaded(accent) }

  private static func shaded(_ color: Color) -> LinearGradient {
    LinearGradient(from: Point(-0.2, -0.9), to: Point(0.2, 0.9), color.lighter(0.22), color.darker(0.28))
  }
}
