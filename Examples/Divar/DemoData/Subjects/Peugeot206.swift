import Foundation
import Kilim

/// A Peugeot 206 hatchback, from the side or from the front.
struct Peugeot206: Subject {
  let name = "206"
  let maximumTurn = 0.3

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    if generator.chance(0.7) {
      drawSide(with: brush, hasFiveDoors: generator.chance(0.5), spokes: 4 + generator.integer(below: 4))
    } else {
      drawFront(with: brush)
    }
  }

  private static let glass = LinearGradient(
    from: Point(-0.5, -0.6), to: Point(0.5, 0), .hex(0xB8CCD8), .hex(0x2A3640))

  private func drawSide(with brush: Brush, hasFiveDoors: Bool, spokes: Int) {
    let palette = brush.palette
    var body = Path()
    body.move(to: Point(-0.95, 0.3))
    body.curve(to: Point(-0.94, -0.1), control1: Point(-1.02, 0.2), control2: Point(-0.98, 0))
    body.line(to: Point(-0.78, -0.44))
    body.curve(to: Point(0.08, -0.5), control1: Point(-0.6, -0.56), control2: Point(-0.15, -0.58))
    body.line(to: Point(0.5, -0.14))
    body.curve(to: Point(0.98, 0.1), control1: Point(0.7, -0.1), control2: Point(0.92, -0.03))
    body.curve(to: Point(0.97, 0.3), control1: Point(1.01, 0.15), control2: Point(1, 0.24))
    body.close()
    brush.shape(body, palette.shadedBody)
    drawSideWindows(with: brush, hasFiveDoors: hasFiveDoors)
    brush.line(
      .polyline([Point(0.38, -0.14), Point(0.34, 0.26), Point(-0.2, 0.26), Point(-0.22, -0.16)]), palette.outline)
    brush.line(.line(from: Point(-0.9, 0.1), to: Point(0.95, 0.12)), palette.outline, width: 0.045)
    brush.line(.line(from: Point(-0.14, -0.06), to: Point(-0.04, -0.06)), palette.outline, width: 0.04)
    brush.shape(.polygon([Point(0.66, -0.05), Point(0.96, 0.07), Point(0.8, 0.09)]), .hex(0xF6F2D8))
    brush.shape(
      .polygon([Point(-0.93, -0.12), Point(-0.84, -0.14), Point(-0.88, 0.04), Point(-0.95, 0.04)]), .hex(0xC82020))
    brush.shape(.ellipse(Point(0.44, -0.17), 0.07, 0.05), palette.body.darker(0.3))
    for x in [-0.58, 0.6] { drawWheel(with: brush, center: Point(x, 0.32), spokes: spokes) }
  }

  private func drawSideWindows(with brush: Brush, hasFiveDoors: Bool) {
    brush.shape(
      .smooth(
        through: [Point(-0.8, -0.2), Point(-0.7, -0.4), Point(-0.3, -0.47), Point(0.06, -0.43)]
          + [Point(0.4, -0.15), Point(-0.2, -0.17)], closed: true), Self.glass)
    for x in hasFiveDoors ? [-0.52, -0.18] : [-0.3] {
      brush.line(.line(from: Point(x, -0.46), to: Point(x - 0.02, -0.17)), brush.palette.body, width: 0.06)
    }
  }

  private func drawWheel(with brush: Brush, center: Point, spokes: Int) {
    brush.canvas.fill(.circle(center: center - Point(0, 0.03), radius: 0.24), with: brush.palette.outline.darker(0.4))
    brush.canvas.fill(.circle(center: center, radius: 0.195), with: .hex(0x161618))
    brush.canvas.fill(.circle(center: center, radius: 0.125), with: .gray(0.78))
    for spoke in 0..<spokes {
      let angle = 2 * .pi * Double(spoke) / Double(spokes)
      brush.line(.line(from: center, to: center + Point(cos(angle), sin(angle)) * 0.12), .gray(0.35))
    }
  }

  private func drawFront(with brush: Brush) {
    let palette = brush.palette
    for side in [-1.0, 1.0] {
      let inner = min(0.5 * side, 0.74 * side)
      brush.canvas.fill(.box(inner...inner + 0.24, 0.45...0.85, radius: 0.06), with: .hex(0x161618))
      brush.shape(.ellipse(Point(0.84 * side, -0.12), 0.12, 0.08), palette.body.darker(0.2))
    }
    brush.shape(
      .smooth(
        through: [
          Point(-0.48, -0.66), Point(0, -0.72), Point(0.48, -0.66), Point(0.72, -0.1), Point(0.82, 0.2),
          Point(0.8, 0.6), Point(0, 0.68), Point(-0.8, 0.6), Point(-0.82, 0.2), Point(-0.72, -0.1),
        ], closed: true), palette.shadedBody)
    brush.shape(
      .polygon([Point(-0.43, -0.58), Point(0.43, -0.58), Point(0.6, -0.14), Point(-0.6, -0.14)]), Self.glass)
    for side in [-1.0, 1.0] {
      brush.line(.line(from: Point(0.5 * side, -0.08), to: Point(0.24 * side, 0.22)), palette.outline)
      // The swept-back lamps that the car is known by.
      brush.shape(
        .smooth(
          through: [Point(0.3 * side, 0.28), Point(0.5 * side, 0.06), Point(0.76 * side, 0), Point(0.72 * side, 0.24)],
          closed: true), .hex(0xF6F2D8))
      brush.canvas.fill(.circle(center: Point(0.58 * side, 0.16), radius: 0.07), with: .gray(0.55))
      brush.shape(.ellipse(Point(0.58 * side, 0.48), 0.1, 0.06), .hex(0xF6F2D8))
    }
    brush.canvas.fill(.circle(center: Point(0, 0.18), radius: 0.07), with: .gray(0.8))
    brush.shape(.box(-0.34...0.34, 0.3...0.38, radius: 0.04), .hex(0x1A1A1C))
    brush.shape(.box(-0.26...0.26, 0.43...0.54, radius: 0.02), .gray(0.95))
    brush.shape(.box(-0.4...0.4, 0.57...0.64, radius: 0.03), .hex(0x1A1A1C))
  }
}
