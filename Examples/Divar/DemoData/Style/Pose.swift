import Kilim

/// Where and how a subject stands in a picture: an affine map of its square -1...1.
struct Pose {
  private let center: Point
  /// Pixels per unit, across and down.
  private let scale: Point
  private let isFlipped: Bool
  private let turn: Double
  /// The direction along which the subject is foreshortened, and how much.
  private let slant: (angle: Double, factor: Double)

  /// A random pose that keeps the subject, up to a small piece, on the canvas.
  init(on canvas: Canvas, maximumTurn: Double, using generator: inout RandomGenerator) {
    let shortSide = min(canvas.size.width, canvas.size.height)
    let size = shortSide * generator.uniform(in: 0.42..<0.52)
    let room = Point(canvas.size.width, canvas.size.height) / 2 - Point(repeating: size * 0.85)
    center =
      canvas.bounds.center
      + Point(max(room.x, 0) * generator.uniform(in: -1..<1), max(room.y, 0) * generator.uniform(in: -1..<1))
    scale = Point(size * generator.uniform(in: 0.88..<1.12), size * generator.uniform(in: 0.88..<1.12))
    isFlipped = generator.chance(0.5)
    // The sum of two uniforms: upright poses are the most frequent.
    turn = maximumTurn * (generator.uniform(in: -0.5..<0.5) + generator.uniform(in: -0.5..<0.5))
    slant = (generator.uniform(in: 0..<(.pi)), generator.uniform(in: 0.86..<1))
  }

  /// Draws in the coordinates of the subject.
  func apply(to canvas: Canvas, draw: () -> Void) {
    canvas.withState {
      canvas.translate(x: center.x, y: center.y)
      canvas.rotate(by: turn + slant.angle)
      canvas.scale(x: slant.factor, y: 1)
      canvas.rotate(by: -slant.angle)
      canvas.scale(x: isFlipped ? -scale.x : scale.x, y: scale.y)
      draw()
    }
  }

  /// A soft shadow under the subject.
  func dropShadow(on canvas: Canvas) {
    canvas.withState {
      canvas.translate(x: center.x, y: center.y + 0.85 * scale.y)
      canvas.scale(x: scale.x, y: 0.2 * scale.y)
      let shadow = RadialGradient(center: Point(0, 0), radius: 1, Color.black.withAlpha(0.5), .clear)
      canvas.fill(.circle(center: Point(0, 0), radius: 1), with: shadow)
    }
  }
}
