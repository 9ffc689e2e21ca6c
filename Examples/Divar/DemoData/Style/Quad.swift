import Kilim

/// Four corners that a unit square is laid into, for flat things seen aslant.
struct Quad {
  /// Where (0, 0), (1, 0), (1, 1) and (0, 1) lie.
  let corners: (Point, Point, Point, Point)

  /// A quadrilateral by its corners, clockwise from the upper left.
  init(_ topLeft: Point, _ topRight: Point, _ bottomRight: Point, _ bottomLeft: Point) {
    corners = (topLeft, topRight, bottomRight, bottomLeft)
  }

  /// The place of (`u`, `v`), by bilinear interpolation.
  func point(_ u: Double, _ v: Double) -> Point {
    let top = corners.0 + (corners.1 - corners.0) * u
    let bottom = corners.3 + (corners.2 - corners.3) * u
    return top + (bottom - top) * v
  }

  /// The image of a rectangle of the unit square.
  func path(_ u: ClosedRange<Double> = 0...1, _ v: ClosedRange<Double> = 0...1) -> Path {
    .polygon([
      point(u.lowerBound, v.lowerBound), point(u.upperBound, v.lowerBound), point(u.upperBound, v.upperBound),
      point(u.lowerBound, v.upperBound),
    ])
  }

  /// The image of a polygon of the unit square.
  func polygon(_ points: [Point]) -> Path {
    .polygon(points.map { point($0.x, $0.y) })
  }
}
