/// Colours for shares from 0 to 1, in even steps of lightness.
struct ColorScale {
  private let stops: [Color]

  private init(_ stops: [UInt32]) { self.stops = stops.map { Color(hex: $0) } }

  /// From nearly white to dark blue: "Blues" of ColorBrewer 2.0 (Brewer, Harrower and the Pennsylvania State University, Apache
  /// License 2.0).
  static let blues = ColorScale([
    0xF7FBFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B,
  ])

  /// From black over violet and orange to light yellow: "inferno" of Matplotlib (Smith and van der Walt 2015, CC0).
  static let heat = ColorScale([
    0x000004, 0x1B0C41, 0x4A0C6B, 0x781C6D, 0xA52C60, 0xCF4446, 0xED6925, 0xFB9B06, 0xF7D13D, 0xFCFFA4,
  ])

  /// The colour of a share, which is clamped to 0...1. NaN counts as 0.
  func color(of share: Double) -> Color {
    let position = share.clampedToUnit * Double(stops.count - 1)
    let below = min(Int(position), stops.count - 2)
    return stops[below].mixed(with: stops[below + 1], fraction: position - Double(below))
  }

  /// The colour of letters, dark or white, that has more contrast to `ground`.
  static func ink(on ground: Color) -> Color {
    // The contrast of two colours is the ratio of their luminances, each raised by 0.05 (WCAG 2.2).
    func contrast(_ color: Color) -> Double {
      let (one, other) = (color.luminance + 0.05, ground.luminance + 0.05)
      return max(one, other) / min(one, other)
    }
    return contrast(Theme.ink) > contrast(.white) ? Theme.ink : .white
  }

  /// The colours for a gradient.
  var colorStops: [ColorStop] {
    stops.enumerated().map { ColorStop(Double($0.offset) / Double(stops.count - 1), $0.element) }
  }

  /// Draws the scale as an upright bar, marked in per cent, with `label` beside it.
  func drawBar(on canvas: Canvas, in bar: Rectangle, label: String) {
    let stops = colorStops
    canvas.fill(
      .rectangle(bar), with: LinearGradient(from: Point(bar.x, bar.maxY), to: Point(bar.x, bar.y), stops: stops))
    canvas.stroke(.rectangle(bar), with: Theme.axis, width: 0.5)
    let ticks = Ticks(over: 0...100, atMost: min(max(1, Int(bar.height / 30)), 5))
    for (value, mark) in zip(ticks.values, ticks.labels) {
      canvas.text(
        "\(mark)%", at: Point(bar.maxX + Theme.gap, bar.maxY - bar.height * value / 100), font: Theme.tick,
        with: Theme.mutedInk, anchor: TextAnchor(.left, .middle))
    }
    let ticksWidth = canvas.measure("100%", font: Theme.tick).width
    canvas.text(
      canvas.shorten(label, toFit: bar.height, font: Theme.tick),
      at: Point(bar.maxX + ticksWidth + 2 * Theme.gap, bar.center.y), font: Theme.tick, with: Theme.mutedInk,
      anchor: TextAnchor(.center, .top), angle: -.pi / 2)
  }
}
