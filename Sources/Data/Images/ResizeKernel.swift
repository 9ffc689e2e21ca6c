import Glibc

/// The curve of a ``Resize``, laid over one pixel of the result.
struct ResizeKernel {
  private enum Shape {
    /// The pixel at a place between the left edge (0) and the right edge (1) of the pixel of the result.
    case point(Double)
    /// A curve of fixed width around the centre; pixels at the edge stand for those beyond it.
    case curve(Curve)
    /// A curve as wide as the reduction, cut off at the edges.
    case widened(Curve)
    /// The part of each pixel that is covered.
    case coverage
    /// Two pixels, of which the second counts by the part of the pixel of the result that it fills.
    case seam
  }

  private let shape: Shape

  /// - Parameter enlarges: whether one of the two axes, this or the other, gains pixels; OpenCV's `INTER_AREA` then does
  ///   something else on both.
  init(_ resize: Resize, enlarges: Bool) {
    shape =
      switch (resize.filter, resize.antialiased) {
      case (.nearest, false): .point(0)
      case (.nearest, true): .point(0.5)
      case (.bilinear, false): .curve(.triangle)
      case (.bilinear, true): .widened(.triangle)
      case (.area, false): enlarges ? .seam : .coverage
      case (.area, true): .widened(.box)
      case (.bicubic, false): .curve(.cubic(-0.75))
      case (.bicubic, true): .widened(.cubic(-0.5))
      case (.lanczos, false): .curve(.lanczos(4))
      case (.lanczos, true): .widened(.lanczos(3))
      }
  }

  /// The most pixels that make one.
  func width(scale: Double) -> Int {
    switch shape {
    case .point: 1
    case .seam: 2
    case .curve(let curve): 2 * Int(curve.reach)
    case .widened(let curve): Int((2 * curve.reach * max(scale, 1)).rounded(.up)) + 1
    case .coverage: Int(scale.rounded(.up)) + 1
    }
  }

  /// The pixels that make pixel `index` of the result. Some may lie beyond the edges.
  func span(of index: Int, on axis: ResizeAxis) -> Range<Int> {
    let begin = axis.start + Double(index) * axis.scale
    let centre = axis.start + (Double(index) + 0.5) * axis.scale
    switch shape {
    case .point(let place):
      let position = Int((begin + place * axis.scale).rounded(.down))
      return position..<position + 1
    case .seam:
      let position = Int(begin.rounded(.down))
      return position..<position + 2
    case .curve(let curve):
      let first = Int((centre - 0.5).rounded(.down)) - Int(curve.reach) + 1
      return first..<first + 2 * Int(curve.reach)
    case .widened(let curve):
      let reach = curve.reach * max(axis.scale, 1)
      let first = max(Int(centre - reach + 0.5), 0)
      return first..<max(min(Int(centre + reach + 0.5), axis.source), first)
    case .coverage:
      let first = Int(begin.rounded(.down))
      return first..<max(min(Int((begin + axis.scale).rounded(.up)), axis.source), first + 1)
    }
  }

  /// How much a pixel of the span of pixel `index` counts, up to a factor.
  func weight(at position: Int, of index: Int, on axis: ResizeAxis) -> Double {
    let begin = axis.start + Double(index) * axis.scale
    let offset = Double(position) + 0.5 - (axis.start + (Double(index) + 0.5) * axis.scale)
    switch shape {
    case .point:
      return 1
    case .seam:
      let filled = (begin + axis.scale - begin.rounded(.down) - 1) / axis.scale
      let second = filled <= 0 ? 0 : filled - filled.rounded(.down)
      return Double(position) > begin ? second : 1 - second
    case .curve(let curve):
      return curve(offset)
    case .widened(let curve):
      return curve(offset / max(axis.scale, 1))
    case .coverage:
      return max(min(Double(position + 1), begin + axis.scale) - max(Double(position), begin), 0)
    }
  }
}

/// A weight by the distance from the centre.
private enum Curve {
  case triangle
  case box
  /// R. G. Keys, "Cubic convolution interpolation for digital image processing", IEEE ASSP 29 (1981), with its `a`.
  case cubic(Double)
  /// A sine cardinal in the window of a wider one. C. E. Duchon, "Lanczos filtering", J. Appl. Meteorology 18 (1979).
  case lanczos(Double)

  /// Where the weight becomes zero for good.
  var reach: Double {
    switch self {
    case .triangle: 1
    case .box: 0.5
    case .cubic: 2
    case .lanczos(let lobes): lobes
    }
  }

  func callAsFunction(_ offset: Double) -> Double {
    let x = abs(offset)
    switch self {
    case .triangle:
      return max(1 - x, 0)
    case .box:
      return offset > -0.5 && offset <= 0.5 ? 1 : 0
    case .cubic(let a):
      if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
    case .lanczos(let lobes):
      return x < lobes ? sineCardinal(x) * sineCardinal(x / lobes) : 0
    }
  }

  /// `sin(pi x) / (pi x)`.
  private func sineCardinal(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }
}
