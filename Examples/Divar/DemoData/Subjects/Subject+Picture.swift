import Foundation
import Kilim

extension Subject {
  /// One picture: the subject somewhere before a background, among other things, seen by a poor camera.
  ///
  /// - Throws: `DrawingError` if cairo fails, as it does without memory.
  func picture(using generator: inout RandomGenerator) throws -> Image {
    let longSide = generator.uniform(in: 96..<321)
    let shortSide = max(96, longSide * min(1, generator.uniform(in: 0.66..<1.15)))
    let isWide = generator.chance(0.5)
    let (width, height) = isWide ? (longSide, shortSide) : (shortSide, longSide)
    let canvas = try Canvas(width: Int(width), height: Int(height))

    let ground = Color.random(using: &generator)
    drawBackground(on: canvas, ground: ground, using: &generator)
    Clutter.scatter(0..<5, on: canvas, using: &generator)

    let pose = Pose(on: canvas, maximumTurn: maximumTurn, using: &generator)
    if generator.chance(0.5) { pose.dropShadow(on: canvas) }
    let palette = Palette(standingOutFrom: ground, using: &generator)
    pose.apply(to: canvas) {
      draw(with: Brush(canvas: canvas, palette: palette), using: &generator)
    }
    Clutter.crossCorner(of: canvas, using: &generator)
    shade(canvas, using: &generator)
    let bitmap = try canvas.bitmap()
    return Image(width: bitmap.width, height: bitmap.height, pixels: bitmap.rgb).degraded(using: &generator)
  }
}

/// Lets light fall from one side.
private func shade(_ canvas: Canvas, using generator: inout RandomGenerator) {
  let angle = generator.uniform(in: 0..<2 * .pi)
  let reach = Point(cos(angle), sin(angle)) * canvas.size.width / 2
  let light = Color.white.withAlpha(generator.uniform(in: 0..<0.25))
  let dark = Color.black.withAlpha(generator.uniform(in: 0..<0.3))
  let center = canvas.bounds.center
  canvas.fill(.rectangle(canvas.bounds), with: LinearGradient(from: center - reach, to: center + reach, light, dark))
}
