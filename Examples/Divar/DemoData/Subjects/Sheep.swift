import Foundation
import Kilim

/// A sheep: a cloud of wool on thin legs, from the side or from the front.
struct Sheep: Subject {
  let name = "sheep"

  func draw(with brush: Brush, using generator: inout RandomGenerator) {
    let isFront = generator.chance(0.3)
    let skin = brush.palette.accent
    let swing = generator.uniform(in: -0.25..<0.25)
    let hips = isFront ? [-0.4, -0.2, 0.2, 0.4] : [-0.5, -0.32, 0.22, 0.4]
    for (number, hip) in hips.enumerated() {
      Leg(
        hip: Point(hip, 0.4), length: 0.5, angle: isFront ? 0 : number.isMultiple(of: 2) ? swing : -swing, bend: 0,
        width: 0.13
      ).draw(with: brush, number.isMultiple(of: 2) ? skin.darker(0.3) : skin)
    }
    drawWool(
      with: brush, center: Point(isFront ? 0 : -0.1, 0.05), radii: isFront ? Point(0.6, 0.48) : Point(0.68, 0.45),
      using: &generator)
    let head = isFront ? Point(0, -0.15) : Point(0.68, generator.uniform(in: -0.3..<0.1))
    brush.at(head, angle: isFront ? 0 : -0.25 + generator.uniform(in: -0.2..<0.2)) { drawHead(with: $0) }
  }

  /// Tufts along an ellipse, and curls inside it.
  private func drawWool(with brush: Brush, center: Point, radii: Point, using generator: inout RandomGenerator) {
    let tufts = 11 + generator.integer(below: 4)
    let wool = brush.palette.body
    var outline = Path()
    var inside = Path.ellipse(center, radii.x, radii.y)
    for tuft in 0..<tufts {
      let angle = 2 * .pi * Double(tuft) / Double(tufts)
      let place = center + Point(cos(angle), sin(angle)) * radii
      let radius = 0.2 * generator.uniform(in: 0.85..<1.15)
      outline.append(.circle(center: place, radius: radius + brush.lineWidth))
      inside.append(.circle(center: place, radius: radius))
    }
    brush.canvas.fill(outline, with: brush.palette.outline)
    brush.canvas.fill(inside, with: brush.palette.shadedBody)
    for _ in 0..<12 {
      let offset = Point(generator.uniform(in: -0.85..<0.85), generator.uniform(in: -0.85..<0.85))
      let start = generator.uniform(in: 0..<(.pi))
      brush.line(
        .arc(center: center + offset * radii, radius: 0.1, from: start, to: start + 4),
        generator.chance(0.5) ? wool.darker(0.35) : wool.lighter(0.4))
    }
  }

  /// A long face between ears that hang sideways, with wool on the brow.
  private func drawHead(with brush: Brush) {
    let palette = brush.palette
    for side in [-1.0, 1.0] {
      brush.at(Point(0.3 * side, -0.13), angle: 0.4 * side) {
        $0.shape(.ellipse(Point(0, 0), 0.17, 0.08), palette.accent.darker(0.15))
      }
    }
    brush.shape(
      .smooth(
        through: [
          Point(0, -0.3), Point(0.22, -0.15), Point(0.17, 0.22), Point(0, 0.36), Point(-0.17, 0.22),
          Point(-0.22, -0.15),
        ], closed: true), palette.accent)
    for (x, y) in [(-0.14, -0.26), (0.14, -0.26), (0, -0.32)] {
      brush.shape(.circle(center: Point(x, y), radius: 0.12), palette.body)
    }
    for side in [-1.0, 1.0] {
      brush.eye(at: Point(0.1 * side, -0.06), radius: 0.05)
      brush.line(
        .line(from: Point(0.07 * side, 0.19), to: Point(0.02 * side, 0.25)),
        palette.accent.lightness < 0.4 ? .white : .black
      )
    }
  }
}
