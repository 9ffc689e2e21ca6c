import CCairo

/// Where and through what the following is drawn.
extension Canvas {
  /// Draws with changes of place, scale and clip that end with the closure.
  public func withState<Result>(_ draw: () throws -> Result) rethrows -> Result {
    cairo_save(context)
    defer { cairo_restore(context) }
    return try draw()
  }

  /// Draws everything in the closure as one picture, then lays that down at the opacity `alpha` in 0...1; shapes inside that
  /// overlap do not shine through each other. Changes of place, scale and clip end with the closure.
  public func withAlpha<Result>(_ alpha: Double, _ draw: () throws -> Result) rethrows -> Result {
    cairo_push_group(context)
    defer {
      cairo_pop_group_to_source(context)
      cairo_paint_with_alpha(context, alpha)
    }
    return try draw()
  }

  /// Moves the origin of what follows to `(x, y)`.
  public func translate(x: Double, y: Double) {
    cairo_translate(context, x, y)
  }

  /// Turns what follows about the origin, clockwise, by an angle in radians.
  public func rotate(by angle: Double) {
    cairo_rotate(context, angle)
  }

  /// Stretches what follows away from the origin; a negative factor mirrors it, and 0 is an error.
  public func scale(x: Double, y: Double) {
    cairo_scale(context, x, y)
  }

  /// Confines what follows to the inside of `path`, on top of any earlier clip. `withState` brings the old clip back.
  public func clip(to path: Path) {
    trace(path)
    cairo_clip(context)
  }
}
