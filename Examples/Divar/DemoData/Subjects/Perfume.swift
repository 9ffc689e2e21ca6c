import Kilim

/// A bottle of perfume: square, round, conical or waisted, with a cap on a short neck.
struct Perfume: Subject {
  let name = "perfume"
  let maximumTurn = 0.7

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let bottle = outline(halfWidth: generator.uniform(in: 0.42..<0.62), using: &generator)
    let level = generator.uniform(in: -0.1..<0.4)
    brush.shape(.box(-0.13...0.13, -0.48 ... -0.2), palette.detail.lighter(0.3))
    drawCap(with: brush, using: &generator)
    brush.canvas.fill(bottle, with: palette.body.lighter(0.5))
    brush.canvas.withState {
      brush.canvas.clip(to: bottle)
      brush.canvas.fill(.box(-1...1, level...1), with: palette.shadedBody)
      brush.line(.line(from: Point(-1, level), to: Point(1, level)), palette.outline)
      brush.canvas.fill(.box(-0.55 ... -0.3, -0.4...1), with: Color.white.withAlpha(0.3))
      brush.canvas.fill(.box(0.4...0.6, -0.4...1), with: Color.black.withAlpha(0.15))
    }
    brush.line(bottle, palette.outline, width: 0.045)
    drawLabel(with: brush, using: &generator)
  }

  private func outline(halfWidth: Double, using generator: inout RandomGenerator) -> Path {
    switch generator.integer(below: 4) {
    case 0: .box(-halfWidth...halfWidth, -0.28...0.95, radius: 0.1)
    case 1: .ellipse(Point(0, 0.32), halfWidth + 0.1, 0.62)
    case 2:
      .polygon([
        Point(-0.22, -0.28), Point(0.22, -0.28), Point(halfWidth + 0.1, 0.9), Point(-halfWidth - 0.1, 0.9),
      ])
    default:
      .smooth(
        through: [
          Point(0.2, -0.28), Point(halfWidth, -0.08), Point(halfWidth * 0.72, 0.35), Point(halfWidth, 0.85),
          Point(0.2, 0.95), Point(-0.2, 0.95), Point(-halfWidth, 0.85), Point(-halfWidth * 0.72, 0.35),
          Point(-halfWidth, -0.08), Point(-0.2, -0.28),
        ], closed: true)
    }
  }

  private func drawCap(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    switch generator.integer(below: 3) {
    case 0: brush.shape(.box(-0.24...0.24, -0.95 ... -0.4, radius: 0.05), palette.shadedAccent)
    case 1: brush.shape(.circle(center: Point(0, -0.65), radius: 0.27), palette.shadedAccent)
    default:
      // A spray head with the tube and the bulb of an atomizer.
      brush.shape(.box(-0.16...0.16, -0.7 ... -0.4, radius: 0.05), palette.shadedAccent)
      brush.limb([Point(0.1, -0.58), Point(0.4, -0.75), Point(0.62, -0.6)], width: 0.08, palette.accent)
      brush.shape(.ellipse(Point(0.76, -0.5), 0.2, 0.16), palette.accent)
    }
  }

  private func drawLabel(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    guard generator.chance(0.8) else { return }
    if generator.chance(0.5) {
      brush.shape(.box(-0.26...0.26, 0.22...0.62), palette.detail)
    } else {
      brush.shape(.ellipse(Point(0, 0.42), 0.26, 0.22), palette.detail)
    }
    let ink = palette.detail.lightness < 0.5 ? Color.white : Color.black
    for (y, reach) in [(0.38, 0.16), (0.48, 0.1)] {
      brush.line(.line(from: Point(-reach, y), to: Point(reach, y)), ink)
    }
  }
}
