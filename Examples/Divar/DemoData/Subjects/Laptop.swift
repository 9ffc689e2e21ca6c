import Kilim

/// An open laptop from the front or a little from the side, something or other on its screen.
struct Laptop: Subject {
  let name = "laptop"

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let slant = generator.uniform(in: -0.25..<0.25)
    let tilt = generator.uniform(in: -0.12..<0.08)
    let height = generator.uniform(in: 0.75..<0.95)
    let depth = generator.uniform(in: 0.35..<0.65)
    let hinge = 0.15
    let left = Point(-0.75, hinge)
    let right = Point(0.75, hinge)
    let lid = Quad(
      Point(-0.75 + slant - tilt, hinge - height), Point(0.75 + slant + tilt, hinge - height), right, left)
    let base = Quad(
      left, right, Point(0.95 - slant, hinge + depth), Point(-0.95 - slant, hinge + depth))
    brush.shape(lid.path(), palette.shadedBody)
    drawScreen(with: brush, lid, using: &generator)
    brush.shape(base.path(), palette.body.lighter(0.15))
    drawKeyboard(with: brush, base)
    brush.shape(
      Quad(
        base.corners.3, base.corners.2, base.corners.2 + Point(-0.03, 0.07), base.corners.3 + Point(0.03, 0.07)
      ).path(), palette.body.darker(0.35))
  }

  private func drawScreen(with brush: Brush, _ lid: Quad, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let screen = Quad(lid.point(0.06, 0.07), lid.point(0.94, 0.07), lid.point(0.94, 0.9), lid.point(0.06, 0.9))
    let glow = LinearGradient(
      from: screen.corners.0, to: screen.corners.2, palette.accent.lighter(0.4), palette.accent.darker(0.3))
    brush.shape(screen.path(), glow)
    switch generator.integer(below: 3) {
    case 0:
      brush.canvas.fill(screen.path(0.1...0.65, 0.15...0.8), with: Color.white.withAlpha(0.85))
      for line in 0..<5 {
        let v = 0.24 + 0.11 * Double(line)
        brush.line(
          .line(from: screen.point(0.15, v), to: screen.point(generator.uniform(in: 0.35..<0.6), v)), .gray(0.4))
      }
    case 1:
      brush.canvas.fill(
        screen.polygon([Point(0, 1), Point(0.3, 0.45), Point(0.5, 0.75), Point(0.75, 0.35), Point(1, 1)]),
        with: palette.detail)
    default:
      for bar in 0..<6 {
        let u = 0.1 + 0.14 * Double(bar)
        brush.canvas.fill(
          screen.path(u...u + 0.09, generator.uniform(in: 0.2..<0.75)...0.9), with: palette.detail)
      }
    }
    brush.canvas.fill(
      screen.polygon([Point(0.6, 0), Point(1, 0), Point(1, 0.6)]), with: Color.white.withAlpha(0.15))
  }

  private func drawKeyboard(with brush: Brush, _ base: Quad) {
    let palette = brush.palette
    let keys = palette.body.lightness < 0.5 ? palette.body.lighter(0.55) : palette.body.darker(0.7)
    for row in 0..<4 {
      for column in 0..<11 {
        let (u, v) = (0.08 + 0.077 * Double(column), 0.1 + 0.125 * Double(row))
        brush.canvas.fill(base.path(u...u + 0.06, v...v + 0.09), with: keys)
      }
    }
    brush.shape(base.path(0.36...0.64, 0.66...0.93), palette.body.darker(0.15))
  }
}
