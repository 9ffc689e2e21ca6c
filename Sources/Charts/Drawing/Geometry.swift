/// A position on a canvas: `x` grows to the right, `y` grows downwards.
///
/// A SIMD pair, so that points add, subtract and scale like vectors: `start + (end - start) * 0.5`.
public typealias Point = SIMD2<Double>

extension Canvas {
  /// A width and a height, in the units of the canvas.
  public struct Size: Hashable, Sendable {
    /// The horizontal extent.
    public var width: Double
    /// The vertical extent.
    public var height: Double

    /// A size of `width` × `height`.
    public init(width: Double, height: Double) {
      self.width = width
      self.height = height
    }

    /// The longest side of a chart at its preferred size, in points.
    static let preferredSideLimit = 14_000.0
    /// The largest area of a chart at its preferred size, in square points. At two pixels per point, a PNG of it takes
    /// 64 MB of memory.
    static let preferredAreaLimit = 4e6

    /// The size, reduced to the limits of a preferred size with its proportions kept.
    var limited: Size {
      let factor = min(
        1, Size.preferredSideLimit / max(width, height), (Size.preferredAreaLimit / (width * height)).squareRoot())
      return factor < 1 ? Size(width: width * factor, height: height * factor) : self
    }
  }
}

/// An upright rectangle, given by its upper left corner and its size.
public struct Rectangle: Hashable, Sendable {
  /// The left edge.
  public var x: Double
  /// The upper edge.
  public var y: Double
  /// The distance from the left to the right edge.
  public var width: Double
  /// The distance from the upper to the lower edge.
  public var height: Double

  /// The rectangle whose upper left corner is (`x`, `y`).
  public init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// The rectangle of `size` around `center`.
  public init(center: Point, size: Canvas.Size) {
    self.init(
      x: center.x - size.width / 2, y: center.y - size.height / 2, width: size.width, height: size.height)
  }

  /// The right edge.
  public var maxX: Double { x + width }
  /// The lower edge.
  public var maxY: Double { y + height }
  /// The point where the diagonals cross.
  public var center: Point { Point(x + width / 2, y + height / 2) }
  /// Width and height.
  public var size: Canvas.Size { Canvas.Size(width: width, height: height) }

  /// The rectangle whose edges are moved inwards by these amounts; outwards if negative. Its size is at least 0.
  public func inset(left: Double = 0, top: Double = 0, right: Double = 0, bottom: Double = 0) -> Rectangle {
    Rectangle(
      x: x + left, y: y + top, width: max(0, width - left - right), height: max(0, height - top - bottom))
  }

  /// The rectangle whose four edges are moved inwards by `distance`.
  public func inset(by distance: Double) -> Rectangle {
    inset(left: distance, top: distance, right: distance, bottom: distance)
  }

  /// Whether the point lies inside or on the edge.
  public func contains(_ point: Point) -> Bool {
    x <= point.x && point.x <= maxX && y <= point.y && point.y <= maxY
  }
}
