import CCairo

/// The fill of an area or a line: a `Color`, a `LinearGradient` or a `RadialGradient`.
public protocol Paint: Sendable {
  /// The paint in cairo's form; each call makes a new one.
  var pattern: Pattern { get }
}

/// A paint in cairo's form. Only the paints of this module can make one.
public final class Pattern {
  let handle: OpaquePointer?

  /// Takes the ownership of `handle`.
  init(_ handle: OpaquePointer?) {
    self.handle = handle
  }

  fileprivate convenience init(_ handle: OpaquePointer?, stops: [ColorStop]) {
    self.init(handle)
    for stop in stops {
      let color = stop.color
      cairo_pattern_add_color_stop_rgba(handle, stop.offset, color.red, color.green, color.blue, color.alpha)
    }
  }

  deinit { cairo_pattern_destroy(handle) }
}

extension Color: Paint {
  /// The same colour everywhere.
  public var pattern: Pattern { Pattern(cairo_pattern_create_rgba(red, green, blue, alpha)) }
}

/// One colour of a gradient.
public struct ColorStop: Hashable, Sendable {
  /// The position of the colour: 0 is the start of the gradient, 1 its end.
  public var offset: Double
  /// The colour at the position.
  public var color: Color

  /// The colour `color` at `offset` in 0...1.
  public init(_ offset: Double, _ color: Color) {
    self.offset = offset
    self.color = color
  }
}

/// Colours that change along a straight line, and stay the same beyond its ends.
public struct LinearGradient: Paint {
  /// The point of offset 0.
  public var start: Point
  /// The point of offset 1.
  public var end: Point
  /// The colours in the order of their offsets.
  public var stops: [ColorStop]

  /// A gradient through several colours.
  public init(from start: Point, to end: Point, stops: [ColorStop]) {
    self.start = start
    self.end = end
    self.stops = stops
  }

  /// A gradient from one colour to another.
  public init(from start: Point, to end: Point, _ first: Color, _ last: Color) {
    self.init(from: start, to: end, stops: [ColorStop(0, first), ColorStop(1, last)])
  }

  /// The gradient in cairo's form.
  public var pattern: Pattern {
    Pattern(cairo_pattern_create_linear(start.x, start.y, end.x, end.y), stops: stops)
  }
}

/// Colours that change from a centre outwards, and stay the same beyond the radius.
public struct RadialGradient: Paint {
  /// The point of offset 0.
  public var center: Point
  /// The distance of offset 1 from the centre.
  public var radius: Double
  /// The colours in the order of their offsets.
  public var stops: [ColorStop]

  /// A gradient through several colours.
  public init(center: Point, radius: Double, stops: [ColorStop]) {
    self.center = center
    self.radius = radius
    self.stops = stops
  }

  /// A gradient from the colour of the centre to that of the rim.
  public init(center: Point, radius: Double, _ inner: Color, _ outer: Color) {
    self.init(center: center, radius: radius, stops: [ColorStop(0, inner), ColorStop(1, outer)])
  }

  /// The gradient in cairo's form.
  public var pattern: Pattern {
    Pattern(cairo_pattern_create_radial(center.x, center.y, 0, center.x, center.y, radius), stops: stops)
  }
}
