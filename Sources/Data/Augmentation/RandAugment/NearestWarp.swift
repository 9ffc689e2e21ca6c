import Glibc

extension BytePlanes {
  /// Takes each pixel from the nearest place that `source` maps it to, in the fixed-point numbers of Pillow's
  /// `Image.transform`. Outside of the photo it is black.
  mutating func warp(_ source: AffineMap) {
    func fixed(_ value: Double) -> Int { Int((value * 65536 + 0.5).rounded(.down)) }
    let (xx, xy, yx, yy) = (fixed(source.xx), fixed(source.xy), fixed(source.yx), fixed(source.yy))
    // The middle of the first pixel.
    var x0 = fixed(source.x0 + source.xx / 2 + source.xy / 2)
    var y0 = fixed(source.y0 + source.yx / 2 + source.yy / 2)
    var result = [UInt8](repeating: 0, count: values.count)
    for row in 0..<height {
      var (x, y) = (x0, y0)
      for column in 0..<width {
        let (fromColumn, fromRow) = (x >> 16, y >> 16)
        if (0..<width).contains(fromColumn), (0..<height).contains(fromRow) {
          for plane in 0..<3 {
            result[plane * count + row * width + column] = values[plane * count + fromRow * width + fromColumn]
          }
        }
        x += xx
        y += yx
      }
      x0 += xy
      y0 += yy
    }
    values = result
  }

  /// Rotates counterclockwise about the centre, as Pillow's `Image.rotate`.
  mutating func rotate(_ degrees: Double) {
    guard degrees != 0 else { return }
    let angle = -degrees * .pi / 180
    let (cosine, sine) = (cos(angle), sin(angle))
    let (centreX, centreY) = (Double(width) / 2, Double(height) / 2)
    warp(
      AffineMap(
        xx: cosine, xy: sine, x0: centreX - cosine * centreX - sine * centreY, yx: -sine, yy: cosine,
        y0: centreY + sine * centreX - cosine * centreY))
  }
}
