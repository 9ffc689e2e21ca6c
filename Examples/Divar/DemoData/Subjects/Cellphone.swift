import Kilim

/// A cell phone: a touch screen, one with keys, or the back with its cameras.
struct Cellphone: Subject {
  let name = "cellphone"
  let maximumTurn = 0.7

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    let halfWidth = generator.uniform(in: 0.4..<0.52)
    brush.line(.box(halfWidth - 0.1...halfWidth + 0.03, -0.45 ... -0.15), brush.palette.outline)
    brush.shape(.box(-halfWidth...halfWidth, -0.95...0.95, radius: 0.14), brush.palette.shadedBody)
    switch generator.integer(below: 5) {
    case 0: drawBack(with: brush, halfWidth: halfWidth, using: &generator)
    case 1: drawKeys(with: brush, halfWidth: halfWidth, using: &generator)
    default: drawTouchScreen(with: brush, halfWidth: halfWidth, using: &generator)
    }
  }

  private func drawTouchScreen(with brush: Brush, halfWidth: Double, using generator: inout RandomGenerator) {
    let edge = halfWidth - 0.06
    let hasButton = generator.chance(0.4)
    let foot = hasButton ? 0.7 : 0.87
    drawScreen(with: brush, edge: edge, top: hasButton ? -0.75 : -0.87, foot: foot)
    if hasButton {
      brush.shape(.circle(center: Point(0, 0.82), radius: 0.075), brush.palette.body.lighter(0.3))
      brush.line(.line(from: Point(-0.12, -0.85), to: Point(0.12, -0.85)), brush.palette.outline)
    } else {
      brush.line(.line(from: Point(-0.1, -0.82), to: Point(0.1, -0.82)), .black, width: 0.06)
    }
    let rows = 3 + generator.integer(below: 3)
    let step = edge / 2
    for row in 0..<rows {
      for column in 0..<3 {
        let center = Point(Double(column - 1) * step * 1.15, -0.5 + Double(row) * step * 1.15)
        let icon = Rectangle(center: center, size: Canvas.Size(width: 0.17, height: 0.17))
        brush.canvas.fill(.roundedRectangle(icon, radius: 0.045), with: Color.random(using: &generator))
      }
    }
  }

  private func drawKeys(with brush: Brush, halfWidth: Double, using generator: inout RandomGenerator) {
    drawScreen(with: brush, edge: halfWidth - 0.09, top: -0.8, foot: -0.1)
    brush.shape(.ellipse(Point(0, 0.05), 0.12, 0.08), brush.palette.detail)
    for row in 0..<4 {
      for column in -1...1 {
        let center = Point(Double(column) * halfWidth * 0.58, 0.25 + 0.17 * Double(row))
        let key = Rectangle(center: center, size: Canvas.Size(width: 0.19, height: 0.11))
        brush.shape(.roundedRectangle(key, radius: 0.04), brush.palette.accent)
      }
    }
    if generator.chance(0.4) { brush.limb([Point(0.3, -0.95), Point(0.3, -1.1)], width: 0.1, brush.palette.body) }
  }

  private func drawBack(with brush: Brush, halfWidth: Double, using generator: inout RandomGenerator) {
    let left = -halfWidth + 0.06
    brush.shape(.box(left...left + 0.4, -0.88 ... -0.42, radius: 0.1), brush.palette.body.lighter(0.25))
    for center in [Point(left + 0.13, -0.76), Point(left + 0.13, -0.54), Point(left + 0.29, -0.65)] {
      brush.shape(.circle(center: center, radius: 0.085), .hex(0x15151A))
      brush.canvas.fill(.circle(center: center, radius: 0.04), with: .hex(0x4A5A88))
    }
    brush.canvas.fill(.circle(center: Point(0, 0.1), radius: 0.1), with: brush.palette.accent)
  }

  private func drawScreen(with brush: Brush, edge: Double, top: Double, foot: Double) {
    let palette = brush.palette
    let glow = LinearGradient(
      from: Point(-edge, top), to: Point(edge, foot), palette.accent.lighter(0.35), palette.accent.darker(0.4))
    brush.shape(.box(-edge...edge, top...foot, radius: 0.04), glow)
    brush.canvas.fill(
      .polygon([Point(0, top), Point(edge, top), Point(edge, (top + foot) / 2)]), with: Color.white.withAlpha(0.15))
  }
}
