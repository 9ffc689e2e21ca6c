import CCairo

/// How a line ends.
public enum LineCap: Hashable, Sendable {
  /// Exactly at its end point, half a width beyond it in a half circle, or half a width beyond it with corners.
  case butt, round, square

  fileprivate var cairo: cairo_line_cap_t {
    switch self {
    case .butt: CAIRO_LINE_CAP_BUTT
    case .round: CAIRO_LINE_CAP_ROUND
    case .square: CAIRO_LINE_CAP_SQUARE
    }
  }
}

/// How two lines meet.
public enum LineJoin: Hashable, Sendable {
  /// In a sharp corner, a round one, or one cut off.
  case miter, round, bevel

  fileprivate var cairo: cairo_line_join_t {
    switch self {
    case .miter: CAIRO_LINE_JOIN_MITER
    case .round: CAIRO_LINE_JOIN_ROUND
    case .bevel: CAIRO_LINE_JOIN_BEVEL
    }
  }
}

/// Areas and lines.
extension Canvas {
  /// Fills the inside of `path`.
  public func fill(_ path: Path, with paint: some Paint) {
    trace(path)
    use(paint)
    cairo_fill(context)
  }

  /// Draws a line along `path`.
  ///
  /// - Parameters:
  ///   - path: the course of the line.
  ///   - paint: its colour or gradient.
  ///   - width: how thick the line is, half of it on either side of the path.
  ///   - cap: the form of its ends.
  ///   - join: the form of its corners.
  ///   - dash: the lengths of dashes and gaps in turn; an empty list gives a solid line.
  public func stroke(
    _ path: Path, with paint: some Paint, width: Double = 1, cap: LineCap = .butt, join: LineJoin = .miter,
    dash: [Double] = []
  ) {
    trace(path)
    use(paint)
    cairo_set_line_width(context, width)
    cairo_set_line_cap(context, cap.cairo)
    cairo_set_line_join(context, join.cairo)
    cairo_set_dash(context, dash, Int32(dash.count), 0)
    cairo_stroke(context)
  }

  /// Makes `path` the current path of the context.
  func trace(_ path: Path) {
    cairo_new_path(context)
    for element in path.elements {
      switch element {
      case .move(let point): cairo_move_to(context, point.x, point.y)
      case .line(let point): cairo_line_to(context, point.x, point.y)
      case .curve(let point, let control1, let control2):
        cairo_curve_to(context, control1.x, control1.y, control2.x, control2.y, point.x, point.y)
      case .close: cairo_close_path(context)
      }
    }
  }

  /// Makes `paint` the source of the context.
  func use(_ paint: some Paint) {
    // Keeps the pattern alive until the context has its own reference.
    withExtendedLifetime(paint.pattern) { pattern in
      cairo_set_source(context, pattern.handle)
    }
  }
}
