import Kilim

/// A bird: perched, or flying with its wings spread.
struct Bird: Subject {
  let name = "bird"
  let maximumTurn = 0.5

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    if generator.chance(0.6) {
      drawPerched(with: brush, using: &generator)
    } else {
      drawFlying(with: brush, using: &generator)
    }
  }

  private func drawPerched(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    if generator.chance(0.5) {
      brush.limb([Point(-0.9, 0.92), Point(0, 0.87), Point(0.9, 0.78)], width: 0.12, palette.detail.darker(0.3))
    }
    for x in [-0.06, 0.14] {
      brush.line(
        .polyline([Point(x, 0.5), Point(x + 0.06, 0.85), Point(x + 0.18, 0.86)]), palette.outline, width: 0.05)
    }
    brush.at(Point(-0.45, 0.3), angle: generator.uniform(in: -0.3..<0.3)) {
      $0.shape(.polygon([Point(0.2, -0.12), Point(-0.52, 0.12), Point(-0.44, 0.4), Point(0.25, 0.15)]), palette.accent)
    }
    brush.shape(
      .smooth(
        through: [
          Point(-0.5, 0.3), Point(-0.3, -0.1), Point(0.1, -0.4), Point(0.5, -0.2), Point(0.52, 0.2), Point(0.25, 0.55),
          Point(-0.15, 0.58),
        ], closed: true), palette.shadedBody)
    brush.at(Point(-0.05, 0.15), angle: generator.uniform(in: -0.25..<0.4)) { drawFoldedWing(with: $0) }
    brush.at(Point(0.36, -0.45), angle: generator.uniform(in: -0.4..<0.3)) { drawHead(with: $0) }
  }

  private func drawFoldedWing(with brush: Brush) {
    let palette = brush.palette
    brush.shape(
      .smooth(
        through: [Point(0.3, -0.18), Point(0.3, 0.1), Point(0, 0.26), Point(-0.55, 0.3), Point(-0.2, -0.1)],
        closed: true), palette.accent)
    for y in [0.02, 0.14] {
      brush.line(
        .smooth(through: [Point(0.15, y - 0.02), Point(-0.1, y + 0.05), Point(-0.35, y + 0.12)]), palette.outline)
    }
  }

  private func drawHead(with brush: Brush) {
    brush.shape(.polygon([Point(0.22, -0.14), Point(0.62, 0.02), Point(0.2, 0.14)]), .hex(0xE8A020))
    brush.line(.line(from: Point(0.25, 0.02), to: Point(0.58, 0.02)), brush.palette.outline)
    brush.shape(.circle(center: Point(0, 0), radius: 0.3), brush.palette.body.lighter(0.1))
    brush.eye(at: Point(0.1, -0.05), radius: 0.07)
  }

  private func drawFlying(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let beat = generator.uniform(in: -0.5..<0.4)
    brush.at(Point(0.02, -0.05), angle: beat + 0.35) { drawSpreadWing(with: $0, palette.accent.darker(0.25)) }
    brush.shape(
      .polygon([Point(-0.4, -0.05), Point(-0.95, -0.15), Point(-0.85, 0.05), Point(-0.95, 0.25), Point(-0.4, 0.15)]),
      palette.accent)
    brush.shape(
      .smooth(
        through: [Point(-0.55, 0.05), Point(-0.1, -0.14), Point(0.4, -0.16), Point(0.5, 0.08), Point(0.05, 0.26)],
        closed: true), palette.shadedBody)
    brush.at(Point(0.5, -0.1), scale: 0.75) { drawHead(with: $0) }
    brush.at(Point(0.05, 0.02), angle: beat - 0.25) { drawSpreadWing(with: $0, palette.accent) }
  }

  /// A wing that reaches up from the shoulder at the origin, its feathers backwards.
  private func drawSpreadWing(with brush: Brush, _ color: Color) {
    brush.shape(
      .smooth(
        through: [
          Point(0.2, 0.05), Point(0.14, -0.45), Point(-0.15, -0.98), Point(-0.28, -0.7), Point(-0.4, -0.75),
          Point(-0.36, -0.45), Point(-0.46, -0.4), Point(-0.3, 0.02),
        ], closed: true), color)
    for y in [-0.25, -0.5] {
      brush.line(.line(from: Point(0.02, y + 0.1), to: Point(-0.3, y)), brush.palette.outline)
    }
  }
}
