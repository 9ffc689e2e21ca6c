import Kilim

/// A Persian carpet or a kilim with borders, a field of motifs and fringes; hanging, or lying in perspective.
struct Carpet: Subject {
  let name = "carpet"
  let maximumTurn = 0.7

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    let halfWidth = generator.uniform(in: 0.5..<0.8)
    let recess = generator.chance(0.5) ? generator.uniform(in: 0.1..<0.35) : 0
    let top = recess > 0 ? -0.6 : -0.85
    let quad = Quad(
      Point(-halfWidth * (1 - recess), top), Point(halfWidth * (1 - recess), top), Point(halfWidth, 0.85),
      Point(-halfWidth, 0.85))
    drawFringes(with: brush, quad)
    let palette = brush.palette
    let colors = [palette.accent, palette.detail, palette.body.darker(0.5), palette.body.lighter(0.55)]
    brush.shape(quad.path(), palette.body)
    brush.canvas.fill(quad.path(0.05...0.95, 0.04...0.96), with: palette.accent)
    drawBorder(with: brush, quad, palette.detail)
    brush.shape(quad.path(0.18...0.82, 0.14...0.86), palette.body)
    let field = Quad(
      quad.point(0.18, 0.14), quad.point(0.82, 0.14), quad.point(0.82, 0.86), quad.point(0.18, 0.86))
    switch generator.integer(below: 3) {
    case 0: drawMedallion(with: brush, field, colors)
    case 1: drawDiamonds(with: brush, field, colors, rows: 3 + generator.integer(below: 3))
    default: drawBands(with: brush, field, colors, count: 5 + generator.integer(below: 4))
    }
  }

  private func drawFringes(with brush: Brush, _ quad: Quad) {
    for end in [(edge: 0.01, tip: -0.07), (edge: 0.99, tip: 1.07)] {
      for thread in 0...24 {
        let u = Double(thread) / 24
        brush.line(
          .line(from: quad.point(u, end.edge), to: quad.point(u, end.tip)), brush.palette.body.lighter(0.5),
          width: 0.025)
      }
    }
  }

  /// Triangles all round between the edge and the field.
  private func drawBorder(with brush: Brush, _ quad: Quad, _ color: Color) {
    for step in 0..<10 {
      let (start, end) = (0.06 + 0.088 * Double(step), 0.06 + 0.088 * Double(step + 1))
      let middle = (start + end) / 2
      let triangles = [
        [Point(0.07, start), Point(0.07, end), Point(0.16, middle)],
        [Point(0.93, start), Point(0.93, end), Point(0.84, middle)],
        [Point(start, 0.05), Point(end, 0.05), Point(middle, 0.12)],
        [Point(start, 0.95), Point(end, 0.95), Point(middle, 0.88)],
      ]
      for triangle in triangles { brush.canvas.fill(quad.polygon(triangle), with: color) }
    }
  }

  /// Nested lozenges in the middle and a quarter of one in each corner.
  private func drawMedallion(with brush: Brush, _ field: Quad, _ colors: [Color]) {
    for (index, radius) in [0.46, 0.36, 0.25, 0.12].enumerated() {
      brush.shape(field.polygon(lozenge(Point(0.5, 0.5), radius, radius)), colors[index])
    }
    for corner in [Point(0, 0), Point(1, 0), Point(1, 1), Point(0, 1)] {
      let inwards = Point(0.5, 0.5) - corner
      for (reach, color) in [(0.56, colors[1]), (0.3, colors[3])] {
        let (across, down) = (Point(inwards.x * reach, 0), Point(0, inwards.y * reach))
        brush.canvas.fill(field.polygon([corner, corner + across, corner + down]), with: color)
      }
    }
  }

  private func drawDiamonds(with brush: Brush, _ field: Quad, _ colors: [Color], rows: Int) {
    let half = 0.5 / Double(rows)
    for row in 0..<rows {
      for column in 0..<3 {
        let center = Point((Double(column) + 0.5) / 3, (2 * Double(row) + 1) * half)
        let color = colors[(row + column) % colors.count]
        brush.canvas.fill(field.polygon(lozenge(center, 0.155, half * 0.92)), with: color)
        brush.canvas.fill(
          field.polygon(lozenge(center, 0.07, half * 0.42)), with: colors[(row + column + 1) % colors.count])
      }
    }
  }

  /// Bands across, each with a row of small lozenges.
  private func drawBands(with brush: Brush, _ field: Quad, _ colors: [Color], count: Int) {
    let height = 1 / Double(count)
    for band in 0..<count {
      let top = Double(band) * height
      brush.canvas.fill(field.path(0...1, top...top + height * 0.9), with: colors[band % colors.count])
      for column in 0..<5 {
        let center = Point((Double(column) + 0.5) / 5, top + height * 0.45)
        brush.canvas.fill(
          field.polygon(lozenge(center, 0.08, height * 0.36)), with: colors[(band + 1) % colors.count])
      }
    }
  }

  private func lozenge(_ center: Point, _ radiusX: Double, _ radiusY: Double) -> [Point] {
    [Point(0, -radiusY), Point(radiusX, 0), Point(0, radiusY), Point(-radiusX, 0)].map { center + $0 }
  }
}
