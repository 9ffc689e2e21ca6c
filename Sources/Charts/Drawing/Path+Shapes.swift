/// Ready-made paths.
extension Path {
  /// A straight line.
  public static func line(from start: Point, to end: Point) -> Path {
    polyline([start, end])
  }

  /// Straight lines from point to point, left open.
  public static func polyline(_ points: some Sequence<Point>) -> Path {
    var path = Path()
    for point in points {
      path.line(to: point)
    }
    return path
  }

  /// Straight lines from point to point and back to the first.
  public static func polygon(_ points: some Sequence<Point>) -> Path {
    var path = polyline(points)
    path.close()
    return path
  }

  /// An upright rectangle.
  public static func rectangle(_ frame: Rectangle) -> Path {
    polygon([
      Point(frame.x, frame.y), Point(frame.maxX, frame.y), Point(frame.maxX, frame.maxY), Point(frame.x, frame.maxY),
    ])
  }

  /// An upright rectangle whose corners are quarter circles of at most `radius`, less where the rectangle is smaller.
  public static func roundedRectangle(_ frame: Rectangle, radius: Double) -> Path {
    let radius = max(0, min(radius, frame.width / 2, frame.height / 2))
    let inner = frame.inset(by: radius)
    let corners = [
      Point(inner.x, inner.y), Point(inner.maxX, inner.y), Point(inner.maxX, inner.maxY), Point(inner.x, inner.maxY),
    ]
    var path = Path()
    for (index, corner) in corners.enumerated() {
      let start = Double.pi * (1 + Double(index) / 2)
      path.arc(center: corner, radii: Canvas.Size(width: radius, height: radius), from: start, to: start + .pi / 2)
    }
    path.close()
    return path
  }

  /// The ellipse that touches the four edges of `frame`.
  public static func ellipse(in frame: Rectangle) -> Path {
    var path = Path()
    path.arc(
      center: frame.center, radii: Canvas.Size(width: frame.width / 2, height: frame.height / 2), from: 0, to: 2 * .pi)
    path.close()
    return path
  }

  /// A circle.
  public static func circle(center: Point, radius: Double) -> Path {
    ellipse(in: Rectangle(center: center, size: Canvas.Size(width: 2 * radius, height: 2 * radius)))
  }

  /// Part of a circle, open; angles in radians, clockwise from the right.
  public static func arc(center: Point, radius: Double, from start: Double, to end: Double) -> Path {
    var path = Path()
    path.arc(center: center, radii: Canvas.Size(width: radius, height: radius), from: start, to: end)
    return path
  }

  /// A smooth curve through all points: a uniform Catmull-Rom spline. Its direction at each point is the direction from
  /// the point before to the point after.
  ///
  /// - Parameters:
  ///   - points: the points in the order of the curve.
  ///   - closed: whether the curve continues from the last point to the first.
  public static func smooth(through points: [Point], closed: Bool = false) -> Path {
    guard points.count > 2 else { return polyline(points) }
    let count = points.count
    func point(_ index: Int) -> Point {
      closed ? points[(index + count) % count] : points[min(max(index, 0), count - 1)]
    }
    var path = Path()
    path.move(to: points[0])
    for index in 0..<(closed ? count : count - 1) {
      path.curve(
        to: point(index + 1),
        control1: point(index) + (point(index + 1) - point(index - 1)) / 6,
        control2: point(index + 1) - (point(index + 2) - point(index)) / 6)
    }
    if closed { path.close() }
    return path
  }
}
