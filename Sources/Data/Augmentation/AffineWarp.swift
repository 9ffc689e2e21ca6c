import Glibc

/// Mirroring, rotation, zoom and shift of a picture in one step, so that pixels are interpolated once.
///
/// For a pixel of the result it says where in the source to look: the shift is undone, then the rotation about the
/// centre, the zoom, and the mirroring.
package struct AffineWarp {
  private let height: Int
  private let width: Int
  /// `source x = xx * x + xy * y + x0`, and `y` likewise.
  private let xx, xy, x0: Double
  private let yx, yy, y0: Double

  /// Composes the steps.
  ///
  /// - Parameters:
  ///   - right: how far the picture moves to the right, in pixels.
  ///   - down: how far the picture moves down, in pixels.
  ///   - angle: how far the picture turns, counterclockwise, in radians.
  ///   - zoom: how many times larger the picture becomes.
  package init(height: Int, width: Int, isFlipped: Bool, right: Double, down: Double, angle: Double, zoom: Double) {
    self.height = height
    self.width = width
    let (centreX, centreY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    let (cosine, sine) = (cos(angle) / zoom, sin(angle) / zoom)
    let mirror: Double = isFlipped ? -1 : 1
    xx = mirror * cosine
    xy = mirror * -sine
    yx = sine
    yy = cosine
    x0 = centreX - xx * (centreX + right) - xy * (centreY + down)
    y0 = centreY - yx * (centreX + right) - yy * (centreY + down)
  }

  /// Writes the warped planes, `[channels, height, width]`: bilinear between pixels, the pixels of the edge beyond it.
  package func apply(
    from source: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>, channels: Int
  ) {
    let plane = height * width
    for y in 0..<height {
      for x in 0..<width {
        let (left, right, shareX) = neighbours(of: xx * Double(x) + xy * Double(y) + x0, last: width - 1)
        let (top, bottom, shareY) = neighbours(of: yx * Double(x) + yy * Double(y) + y0, last: height - 1)
        for channel in 0..<channels {
          let start = channel * plane
          let (upper, lower) = (start + top * width, start + bottom * width)
          let above = source[upper + left] + shareX * (source[upper + right] - source[upper + left])
          let below = source[lower + left] + shareX * (source[lower + right] - source[lower + left])
          target[start + y * width + x] = above + shareY * (below - above)
        }
      }
    }
  }

  /// The pixels before and after a position along one axis, and the share of the second.
  private func neighbours(of position: Double, last: Int) -> (Int, Int, Float) {
    let inside = min(max(position, 0), Double(last))
    let first = Int(inside)
    return (first, min(first + 1, last), Float(inside - Double(first)))
  }
}
