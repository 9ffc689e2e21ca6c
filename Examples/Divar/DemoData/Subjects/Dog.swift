import Kilim

/// A dog: its face with hanging ears, or standing with its tail up.
struct Dog: Subject {
  let name = "dog"

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    if generator.chance(0.4) {
      drawFace(with: brush, using: &generator)
    } else {
      drawStanding(with: brush, using: &generator)
    }
  }

  private func drawFace(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    brush.shape(.ellipse(Point(0, -0.1), 0.62, 0.75), palette.shadedBody)
    if generator.chance(0.6) { brush.canvas.fill(.ellipse(Point(0.27, -0.28), 0.24, 0.3), with: palette.accent) }
    let spread = generator.uniform(in: 0..<0.15)
    for side in [-1.0, 1.0] {
      brush.shape(
        .smooth(
          through: [
            Point(0.3 * side, -0.8), Point(0.72 * side, -0.68), Point((0.88 + spread) * side, -0.05),
            Point((0.82 + spread) * side, 0.42), Point((0.62 + spread) * side, 0.36), Point(0.56 * side, -0.2),
          ], closed: true), palette.body.darker(0.4))
      brush.eye(at: Point(0.27 * side, -0.25), radius: 0.11)
    }
    if generator.chance(0.6) {
      brush.shape(.box(-0.15...0.15, 0.5...0.95, radius: 0.15), .hex(0xE0707A))
    }
    for side in [-1.0, 1.0] {
      brush.shape(.ellipse(Point(0.2 * side, 0.4), 0.26, 0.24), palette.body.lighter(0.6))
    }
    brush.canvas.fill(.ellipse(Point(0, 0.2), 0.32, 0.25), with: palette.body.lighter(0.6))
    brush.canvas.fill(.ellipse(Point(0, 0.14), 0.21, 0.15), with: .hex(0x181414))
    brush.canvas.fill(.ellipse(Point(-0.06, 0.09), 0.06, 0.03), with: .gray(0.7))
  }

  private func drawStanding(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let swing = generator.uniform(in: -0.3..<0.3)
    let tip = Point(generator.uniform(in: -1.0..<(-0.7)), generator.uniform(in: -0.7..<(-0.4)))
    brush.limb([Point(-0.58, 0), Point(-0.8, -0.15), tip], width: 0.13, palette.body)
    for (hip, angle) in [(-0.48, -swing), (0.3, swing)] {
      Leg(hip: Point(hip, 0.3), length: 0.6, angle: angle, bend: 0.15, width: 0.15)
        .draw(with: brush, palette.body.darker(0.35))
    }
    brush.limb([Point(0.2, 0), Point(0.42, -0.38)], width: 0.34, palette.body)
    brush.shape(
      .smooth(
        through: [
          Point(-0.62, -0.08), Point(-0.1, -0.12), Point(0.4, -0.15), Point(0.5, 0.15), Point(0.3, 0.42),
          Point(-0.15, 0.3), Point(-0.55, 0.35),
        ], closed: true), palette.shadedBody)
    if generator.chance(0.5) { brush.canvas.fill(.ellipse(Point(-0.2, 0.05), 0.24, 0.14), with: palette.accent) }
    for (hip, angle) in [(-0.5, swing), (0.34, -swing)] {
      Leg(hip: Point(hip, 0.28), length: 0.64, angle: angle, bend: 0.15, width: 0.17).draw(with: brush, palette.body)
    }
    brush.line(.line(from: Point(0.24, -0.3), to: Point(0.52, -0.16)), palette.detail, width: 0.09)
    brush.at(Point(0.48, -0.5), angle: generator.uniform(in: -0.3..<0.25)) { drawProfile(with: $0) }
  }

  /// The head from the side, the middle of the skull at the origin.
  private func drawProfile(with brush: Brush) {
    let palette = brush.palette
    brush.shape(
      .smooth(
        through: [
          Point(-0.24, 0), Point(-0.05, -0.26), Point(0.18, -0.14), Point(0.5, -0.03), Point(0.55, 0.13),
          Point(0.25, 0.22), Point(-0.1, 0.24),
        ], closed: true), palette.shadedBody)
    brush.line(.smooth(through: [Point(0.52, 0.13), Point(0.35, 0.15), Point(0.22, 0.1)]), palette.outline)
    brush.canvas.fill(.ellipse(Point(0.53, 0), 0.09, 0.075), with: .hex(0x181414))
    brush.eye(at: Point(0.11, -0.07), radius: 0.05)
    brush.shape(
      .smooth(
        through: [Point(-0.16, -0.2), Point(0, -0.12), Point(-0.02, 0.22), Point(-0.18, 0.34), Point(-0.27, 0.08)],
        closed: true), palette.body.darker(0.4))
  }
}
