import Kilim

/// A fish from the side, slender or high, plain, striped, spotted or scaly.
struct Fish: Subject {
  let name = "fish"
  let maximumTurn = 0.7

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    let height = generator.uniform(in: 0.28..<0.55)
    let wag = generator.uniform(in: -0.2..<0.2)
    let fork = generator.uniform(in: 0.05..<0.25)
    brush.shape(
      .smooth(
        through: [
          Point(-0.5, 0), Point(-0.85, wag - 0.42), Point(-1, wag - 0.42), Point(-0.95 + fork, wag),
          Point(-1, wag + 0.42), Point(-0.85, wag + 0.42),
        ], closed: true), palette.shadedAccent)
    brush.shape(
      .smooth(
        through: [
          Point(-0.35, -height * 0.6), Point(-0.25, -height - 0.25), Point(0.1, -height - 0.2),
          Point(0.35, -height * 0.7),
        ], closed: true), palette.accent)
    brush.shape(
      .polygon([Point(-0.1, height * 0.8), Point(-0.3, height + 0.25), Point(0.15, height * 0.85)]), palette.accent)
    let body = Path.smooth(
      through: [
        Point(-0.62, wag * 0.2), Point(-0.3, -height * 0.62), Point(0.2, -height), Point(0.7, -height * 0.6),
        Point(0.95, 0.03), Point(0.7, height * 0.62), Point(0.2, height), Point(-0.3, height * 0.62),
      ], closed: true)
    brush.canvas.fill(body, with: palette.shadedBody)
    brush.canvas.withState {
      brush.canvas.clip(to: body)
      drawMarks(with: brush, using: &generator)
    }
    brush.line(body, palette.outline)
    brush.line(
      .smooth(through: [Point(0.48, -height * 0.7), Point(0.38, 0), Point(0.48, height * 0.7)]), palette.outline)
    brush.shape(.polygon([Point(0.25, 0.05), Point(-0.08, 0.02), Point(-0.02, 0.26)]), palette.accent)
    brush.eye(at: Point(0.66, -height * 0.22), radius: 0.075)
    brush.line(.smooth(through: [Point(0.94, 0.08), Point(0.86, 0.13), Point(0.78, 0.12)]), palette.outline)
  }

  private func drawMarks(with brush: Brush, using generator: inout RandomGenerator) {
    let palette = brush.palette
    switch generator.integer(below: 4) {
    case 0:
      for column in -3...2 {
        for row in -3...3 {
          let center = Point(Double(column) * 0.16 + (row.isMultiple(of: 2) ? 0 : 0.08), Double(row) * 0.15)
          brush.line(.arc(center: center, radius: 0.09, from: -1.3, to: 1.3), palette.body.darker(0.45))
        }
      }
    case 1:
      for x in [-0.35, -0.05, 0.25] {
        brush.line(
          .smooth(through: [Point(x, -0.6), Point(x + 0.06, 0), Point(x, 0.6)]), palette.detail, width: 0.12)
      }
    case 2:
      for _ in 0..<9 {
        let center = Point(generator.uniform(in: -0.5..<0.4), generator.uniform(in: -0.4..<0.4))
        brush.canvas.fill(.circle(center: center, radius: 0.06), with: palette.detail)
      }
    default:
      brush.canvas.fill(.box(-1...1, 0.1...1), with: palette.body.lighter(0.5))
    }
  }
}
