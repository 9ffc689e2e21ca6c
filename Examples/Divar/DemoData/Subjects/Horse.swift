import Kilim

/// A horse: standing or galloping, or its head and neck.
struct Horse: Subject {
  let name = "horse"

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    if generator.chance(0.25) {
      brush.at(Point(-0.25, 0.55), scale: 1.75) { drawHeadAndNeck(with: $0) }
    } else {
      drawWhole(with: brush, using: &generator)
    }
  }

  private func drawWhole(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let stride = generator.uniform(in: 0..<0.7)
    let sway = generator.uniform(in: -0.15..<0.1)
    brush.limb(
      [Point(-0.6, -0.12), Point(-0.82, -0.05), Point(-0.9 + sway, 0.25), Point(-0.82 + sway, 0.5)], width: 0.14,
      palette.accent)
    let legs = [
      (x: -0.42, angle: -stride, bend: 0.25), (x: 0.24, angle: stride * 0.9, bend: 0.6 * stride),
      (x: -0.5, angle: stride * 0.4, bend: 0.25), (x: 0.32, angle: -stride * 0.3, bend: 0.8 * stride),
    ]
    for (number, leg) in legs.enumerated() {
      let isFar = number < 2
      let limb = Leg(hip: Point(leg.x, 0.15), length: 0.8, angle: leg.angle, bend: leg.bend, width: 0.13)
      if number == 2 { drawBody(with: brush) }
      limb.draw(with: brush, isFar ? palette.body.darker(0.35) : palette.body)
      brush.shape(.ellipse(limb.foot, 0.09, 0.07), palette.outline)
    }
    brush.at(Point(0.28, -0.12), angle: generator.uniform(in: -0.1..<0.35)) { drawHeadAndNeck(with: $0) }
    if generator.chance(0.35) {
      brush.shape(.box(-0.22...0.1, -0.28 ... -0.02, radius: 0.1), palette.detail)
    }
  }

  private func drawBody(with brush: Brush) {
    brush.shape(
      .smooth(
        through: [
          Point(-0.66, -0.08), Point(-0.45, -0.27), Point(-0.1, -0.2), Point(0.25, -0.26), Point(0.46, 0),
          Point(0.3, 0.22), Point(-0.1, 0.2), Point(-0.45, 0.24),
        ], closed: true), brush.palette.shadedBody)
  }

  /// The neck grows out of the shoulder at the origin.
  private func drawHeadAndNeck(with brush: Brush) {
    let palette = brush.palette
    brush.canvas.fill(
      .smooth(
        through: [
          Point(-0.3, -0.06), Point(-0.16, -0.32), Point(0.06, -0.6), Point(0.26, -0.76), Point(0.3, -0.6),
          Point(0.05, -0.2),
        ], closed: true), with: palette.accent)
    brush.shape(
      .smooth(
        through: [
          Point(-0.17, -0.05), Point(0, -0.36), Point(0.14, -0.6), Point(0.28, -0.66), Point(0.42, -0.52),
          Point(0.66, -0.24), Point(0.62, -0.12), Point(0.5, -0.14), Point(0.3, -0.34), Point(0.24, -0.2),
          Point(0.2, 0.1), Point(0, 0.16),
        ], closed: true), palette.body)
    brush.shape(.polygon([Point(0.16, -0.62), Point(0.2, -0.82), Point(0.29, -0.65)]), palette.body)
    brush.line(
      .smooth(through: [Point(0.18, -0.64), Point(0.05, -0.48), Point(-0.08, -0.22)]), palette.accent, width: 0.09)
    brush.eye(at: Point(0.33, -0.51), radius: 0.035)
    brush.canvas.fill(.ellipse(Point(0.6, -0.2), 0.03, 0.022), with: palette.outline)
    brush.line(.line(from: Point(0.52, -0.15), to: Point(0.58, -0.16)), palette.outline, width: 0.02)
  }
}
