import Kilim

/// A cat: its face, sitting, or walking with its tail up.
struct Cat: Subject {
  let name = "cat"

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    let isTabby = generator.chance(0.5)
    switch generator.integer(below: 3) {
    case 0:
      brush.at(Point(0, 0.15), scale: 0.82) { drawHead(with: $0, isTabby: isTabby) }
    case 1:
      drawSitting(with: brush, isTabby: isTabby, using: &generator)
    default:
      drawWalking(with: brush, isTabby: isTabby, using: &generator)
    }
  }

  /// The face from the front, ears included about -1...1.
  private func drawHead(with brush: Brush, isTabby: Bool) {
    let palette = brush.palette
    for side in [-1.0, 1.0] {
      brush.shape(
        .polygon([Point(0.93 * side, -0.15), Point(0.85 * side, -1.2), Point(0.15 * side, -0.7)]), palette.body)
      brush.canvas.fill(
        .polygon([Point(0.8 * side, -0.4), Point(0.76 * side, -0.95), Point(0.38 * side, -0.66)]),
        with: palette.accent)
    }
    brush.shape(.ellipse(Point(0, 0), 1, 0.84), palette.shadedBody)
    if isTabby {
      for x in [-0.22, 0, 0.22] {
        brush.line(.line(from: Point(x, -0.76), to: Point(x * 0.8, -0.42)), palette.outline, width: 0.08)
      }
    }
    for side in [-1.0, 1.0] {
      let eye = Point(0.42 * side, -0.1)
      brush.shape(.ellipse(eye, 0.23, 0.19), .hex(0xE8E36A))
      brush.canvas.fill(.ellipse(eye, 0.07, 0.18), with: .black)
      brush.canvas.fill(.ellipse(Point(0.2 * side, 0.42), 0.24, 0.19), with: palette.body.lighter(0.55))
      brush.line(.arc(center: Point(0.14 * side, 0.42), radius: 0.14, from: 0, to: .pi), palette.outline)
      for slope in [-0.12, 0.06, 0.24] {
        brush.line(
          .line(from: Point(0.32 * side, 0.4 + 0.3 * slope), to: Point(1.25 * side, 0.35 + 1.2 * slope)),
          palette.outline)
      }
    }
    brush.canvas.fill(.polygon([Point(-0.13, 0.2), Point(0.13, 0.2), Point(0, 0.36)]), with: .hex(0x7A3B3B))
  }

  private func drawSitting(with brush: Brush, isTabby: Bool, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let curl = generator.uniform(in: -0.2..<0.3)
    brush.limb(
      [Point(-0.25, 0.85), Point(-0.75, 0.85), Point(-0.9, 0.35 - curl), Point(-0.7, 0.05 - curl)],
      width: 0.18, palette.body)
    brush.shape(
      .smooth(
        through: [
          Point(0, -0.3), Point(0.35, 0.05), Point(0.5, 0.65), Point(0.4, 0.95), Point(-0.4, 0.95), Point(-0.5, 0.65),
          Point(-0.35, 0.05),
        ], closed: true), palette.shadedBody)
    for side in [-1.0, 1.0] {
      brush.limb([Point(0.12 * side, 0.35), Point(0.13 * side, 0.88)], width: 0.2, palette.body)
      brush.shape(.ellipse(Point(0.15 * side, 0.93), 0.15, 0.09), palette.body.lighter(0.2))
    }
    if isTabby {
      for y in [0.15, 0.35, 0.55] {
        for side in [-1.0, 1.0] {
          let start = Point((0.3 + 0.25 * y) * side, y)
          brush.line(.line(from: start, to: start + Point(-0.16 * side, 0.06)), palette.outline, width: 0.06)
        }
      }
    }
    brush.at(Point(generator.uniform(in: -0.08..<0.08), -0.38), scale: 0.5, angle: generator.uniform(in: -0.2..<0.2)) {
      drawHead(with: $0, isTabby: isTabby)
    }
  }

  private func drawWalking(with brush: Brush, isTabby: Bool, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let swing = generator.uniform(in: -0.35..<0.35)
    let tip = Point(generator.uniform(in: -0.95..<(-0.55)), generator.uniform(in: -0.95..<(-0.6)))
    brush.limb([Point(-0.55, 0.05), Point(-0.85, -0.2), Point(-0.8, -0.55), tip], width: 0.16, palette.body)
    for (hip, angle) in [(-0.5, -swing), (0.35, swing)] {
      Leg(hip: Point(hip, 0.25), length: 0.6, angle: angle, bend: 0.1, width: 0.17)
        .draw(with: brush, palette.body.darker(0.3))
    }
    brush.shape(.ellipse(Point(-0.08, 0.15), 0.62, 0.3), palette.shadedBody)
    for (hip, angle) in [(-0.42, swing), (0.28, -swing)] {
      Leg(hip: Point(hip, 0.25), length: 0.62, angle: angle, bend: 0.1, width: 0.19).draw(with: brush, palette.body)
    }
    if isTabby {
      for x in [-0.45, -0.25, -0.05, 0.15] {
        brush.line(.line(from: Point(x, -0.11), to: Point(x + 0.04, 0.16)), palette.outline, width: 0.06)
      }
    }
    brush.at(Point(0.55, -0.18), scale: 0.42, angle: generator.uniform(in: -0.2..<0.2)) {
      drawHead(with: $0, isTabby: isTabby)
    }
  }
}
