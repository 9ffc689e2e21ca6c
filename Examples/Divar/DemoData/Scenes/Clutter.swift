import Foundation
import Kilim

/// Things that do not matter: plain shapes around a subject.
enum Clutter {
  /// Scatters a random number of small shapes over the canvas.
  static func scatter(_ counts: Range<Int>, on canvas: Canvas, using generator: inout RandomGenerator) {
    for _ in 0..<counts.lowerBound + generator.integer(below: counts.count) {
      let center = generator.point(in: canvas.bounds)
      draw(on: canvas, at: center, size: canvas.size.width * generator.uniform(in: 0.04..<0.15), using: &generator)
    }
  }

  /// Lets something reach into a corner, now and then, before the subject.
  static func crossCorner(of canvas: Canvas, using generator: inout RandomGenerator) {
    guard generator.chance(0.2) else { return }
    let corner = Point(
      generator.chance(0.5) ? 0 : canvas.size.width, generator.chance(0.5) ? 0 : canvas.size.height)
    draw(on: canvas, at: corner, size: canvas.size.width * generator.uniform(in: 0.1..<0.2), using: &generator)
  }

  /// A disc, box, triangle, ring, squiggle or blob with a radius of about `size`.
  private static func draw(
    on canvas: Canvas, at center: Point, size: Double, using generator: inout RandomGenerator
  ) {
    let color = Color.random(using: &generator).withAlpha(generator.uniform(in: 0.6..<1))
    canvas.withState {
      canvas.translate(x: center.x, y: center.y)
      canvas.rotate(by: generator.uniform(in: 0..<2 * .pi))
      switch generator.integer(below: 6) {
      case 0: canvas.fill(.ellipse(Point(0, 0), size, size * generator.uniform(in: 0.5..<1)), with: color)
      case 1: canvas.fill(.box(-size...size, -0.6 * size...0.6 * size, radius: size * 0.2), with: color)
      case 2: canvas.fill(.polygon([Point(0, -size), Point(size, size), Point(-size, 0.6 * size)]), with: color)
      case 3: canvas.stroke(.circle(center: Point(0, 0), radius: size), with: color, width: size / 4)
      case 4:
        let points = (0..<5).map { Point(size * (Double($0) - 2), size * generator.uniform(in: -1..<1)) }
        canvas.stroke(.smooth(through: points), with: color, width: size / 5, cap: .round)
      default:
        let points = (0..<7).map { step in
          let angle = Double(step) * 2 * .pi / 7
          return Point(cos(angle), sin(angle)) * size * generator.uniform(in: 0.6..<1.2)
        }
        canvas.fill(.smooth(through: points, closed: true), with: color)
      }
    }
  }
}
