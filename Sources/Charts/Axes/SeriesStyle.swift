/// The style of a curve. No two curves have the same colour, dash and marker.
struct SeriesStyle {
  /// The shape that is drawn on each point.
  enum Marker: CaseIterable {
    case circle, square, triangle, diamond
  }

  let color: Color
  let dash: [Double]
  let marker: Marker

  /// The style of the curve number `index`.
  init(index: Int, color: Color? = nil) {
    let round = index / Theme.palette.count
    self.color = color ?? Theme.palette[index % Theme.palette.count]
    dash = [[], [6, 3], [2, 3]][round % 3]
    marker = Marker.allCases[index % Marker.allCases.count]
  }

  func drawLine(_ path: Path, on canvas: Canvas) {
    canvas.stroke(path, with: color, width: 2, join: .round, dash: dash)
  }

  /// Draws the marker with a white rim, which separates crossing curves.
  func drawMarker(at point: Point, on canvas: Canvas, radius: Double = 3.2) {
    let path: Path =
      switch marker {
      case .circle: .circle(center: point, radius: radius)
      case .square: .rectangle(Rectangle(center: point, size: Canvas.Size(width: 1.8 * radius, height: 1.8 * radius)))
      case .triangle: .polygon([Point(0, -1.2), Point(1.1, 0.8), Point(-1.1, 0.8)].map { point + $0 * radius })
      case .diamond:
        .polygon([Point(0, -1.3), Point(1.3, 0), Point(0, 1.3), Point(-1.3, 0)].map { point + $0 * radius })
      }
    canvas.stroke(path, with: .white, width: 2)
    canvas.fill(path, with: color)
  }
}
