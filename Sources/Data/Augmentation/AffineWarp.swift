/// Moves a picture to a ``Placement`` in one step, so that pixels are interpolated only once.
package struct AffineWarp {
  private let height: Int
  private let width: Int
  /// Maps a pixel of the result to a position in the source.
  private let source: AffineMap

  /// Makes the warp for pictures of one size.
  package init(_ placement: Placement, height: Int, width: Int) {
    self.height = height
    self.width = width
    source = placement.sourceMap(height: height, width: width)
  }

  /// Writes the warped planes, `[channels, height, width]`. Between pixels it interpolates bilinearly; outside of the
  /// picture it repeats the pixels of the edge.
  package func apply(
    from pixels: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>, channels: Int
  ) {
    let plane = height * width
    for row in 0..<height {
      for column in 0..<width {
        let (x, y) = (Double(column), Double(row))
        let (left, right, shareX) = neighbours(of: source.xx * x + source.xy * y + source.x0, last: width - 1)
        let (top, bottom, shareY) = neighbours(of: source.yx * x + source.yy * y + source.y0, last: height - 1)
        for channel in 0..<channels {
          let start = channel * plane
          let (upper, lower) = (start + top * width, start + bottom * width)
          let above = pixels[upper + left] + shareX * (pixels[upper + right] - pixels[upper + left])
          let below = pixels[lower + left] + shareX * (pixels[lower + right] - pixels[lower + left])
          target[start + row * width + column] = above + shareY * (below - above)
        }
      }
    }
  }

  /// The pixels before and after a position along one axis, and the weight of the second.
  private func neighbours(of position: Double, last: Int) -> (Int, Int, Float) {
    // Written so that NaN, for example after an infinite shift, counts as 0.
    let inside = position > 0 ? min(position, Double(last)) : 0
    let first = Int(inside)
    return (first, min(first + 1, last), Float(inside - Double(first)))
  }
}
