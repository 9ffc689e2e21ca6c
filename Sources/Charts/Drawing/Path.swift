import Foundation

/// Lines and curves that a canvas fills, strokes or clips to. A path is a value and can be drawn many times.
///
/// A path consists of subpaths; each begins at the point of `move(to:)`. Filling closes every subpath, and uses the
/// non-zero winding rule.
public struct Path: Hashable, Sendable {
  enum Element: Hashable, Sendable {
    case move(Point)
    case line(Point)
    case curve(Point, control1: Point, control2: Point)
    case close
  }

  private(set) var elements: [Element] = []

  /// An empty path.
  public init() {}

  /// Begins a subpath at `point`.
  public mutating func move(to point: Point) {
    elements.append(.move(point))
  }

  /// A straight line from the current point; begins the first subpath of an empty path.
  public mutating func line(to point: Point) {
    elements.append(elements.isEmpty ? .move(point) : .line(point))
  }

  /// A cubic Bézier curve from the current point.
  public mutating func curve(to point: Point, control1: Point, control2: Point) {
    elements.append(.curve(point, control1: control1, control2: control2))
  }

  /// A straight line back to the beginning of the subpath, which closes it.
  public mutating func close() {
    elements.append(.close)
  }

  /// Adds the subpaths of another path.
  public mutating func append(_ other: Path) {
    elements += other.elements
  }

  /// Part of an upright ellipse from angle `start` to angle `end`, in radians. 0 points to the right, and angles grow
  /// clockwise, because `y` grows downwards. If there is a current point, a line connects it to the ellipse.
  ///
  /// Each quarter of the ellipse is one Bézier curve, which differs from it by less than 0.03 % of the radius.
  public mutating func arc(center: Point, radii: Canvas.Size, from start: Double, to end: Double) {
    let pieces = max(1, Int(((end - start).magnitude / (.pi / 2)).rounded(.up)))
    let step = (end - start) / Double(pieces)
    let reach = 4.0 / 3 * tan(step / 4)
    func place(_ x: Double, _ y: Double) -> Point { center + Point(radii.width * x, radii.height * y) }
    line(to: place(cos(start), sin(start)))
    for piece in 0..<pieces {
      let from = start + Double(piece) * step
      let to = from + step
      curve(
        to: place(cos(to), sin(to)),
        control1: place(cos(from) - reach * sin(from), sin(from) + reach * cos(from)),
        control2: place(cos(to) + reach * sin(to), sin(to) - reach * cos(to)))
    }
  }
}
