import Kilim

/// Draws the parts of a subject in one style: filled shapes with an outline.
struct Brush {
  /// What is drawn on.
  let canvas: Canvas
  /// The colours of the subject.
  let palette: Palette
  /// How thick outlines are, in the units of the subject.
  var lineWidth = 0.03

  /// A filled shape with an outline.
  func shape(_ path: Path, _ paint: some Paint) {
    canvas.fill(path, with: paint)
    canvas.stroke(path, with: palette.outline, width: lineWidth, join: .round)
  }

  /// A line in a colour, with round ends.
  func line(_ path: Path, _ color: Color, width: Double? = nil) {
    canvas.stroke(path, with: color, width: width ?? lineWidth, cap: .round, join: .round)
  }

  /// A leg, a tail or the like: a thick curve through `points` with an outline.
  func limb(_ points: [Point], width: Double, _ paint: some Paint) {
    let path = Path.smooth(through: points)
    canvas.stroke(path, with: palette.outline, width: width + lineWidth, cap: .round, join: .round)
    canvas.stroke(path, with: paint, width: width - lineWidth, cap: .round, join: .round)
  }

  /// A dark eye with a glint and a pale rim that shows on any coat.
  func eye(at center: Point, radius: Double) {
    canvas.fill(.circle(center: center, radius: radius * 1.35), with: .white)
    canvas.fill(.circle(center: center, radius: radius), with: .hex(0x1A1410))
    canvas.fill(.circle(center: center + Point(0.3, -0.35) * radius, radius: radius * 0.3), with: .white)
  }

  /// Draws in coordinates of their own: the origin at `center`, a unit of `scale`, turned clockwise by `angle`.
  func at(_ center: Point, scale: Double = 1, angle: Double = 0, draw: (Brush) -> Void) {
    var local = self
    local.lineWidth = lineWidth / scale
    canvas.withState {
      canvas.translate(x: center.x, y: center.y)
      canvas.rotate(by: angle)
      canvas.scale(x: scale, y: scale)
      draw(local)
    }
  }
}

extension Path {
  /// An upright ellipse.
  static func ellipse(_ center: Point, _ radiusX: Double, _ radiusY: Double) -> Path {
    .ellipse(in: Rectangle(center: center, size: Canvas.Size(width: 2 * radiusX, height: 2 * radiusY)))
  }

  /// A rectangle by its edges, its corners rounded.
  static func box(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>, radius: Double = 0) -> Path {
    .roundedRectangle(
      Rectangle(
        x: x.lowerBound, y: y.lowerBound, width: x.upperBound - x.lowerBound, height: y.upperBound - y.lowerBound),
      radius: radius)
  }
}
