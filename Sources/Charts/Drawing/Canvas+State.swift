import CCairo

/// Transformations and clips.
extension Canvas {
  /// Runs `draw`, and then restores the earlier transformation and clip.
  public func withState<Result>(_ draw: () throws -> Result) rethrows -> Result {
    cairo_save(context)
    defer { cairo_restore(context) }
    return try draw()
  }

  /// Draws everything in the closure as one layer with the opacity `alpha` in 0...1: inside the layer, overlapping
  /// shapes are opaque. Transformations and clips end with the closure.
  public func withAlpha<Result>(_ alpha: Double, _ draw: () throws -> Result) rethrows -> Result {
    cairo_push_group(context)
    defer {
      cairo_pop_group_to_source(context)
      cairo_paint_with_alpha(context, alpha)
    }
    return try draw()
  }

  /// Moves the origin to `(x, y)`.
  public func translate(x: Double, y: Double) {
    cairo_translate(context, x, y)
  }

  /// Rotates about the origin, clockwise, by an angle in radians.
  public func rotate(by angle: Double) {
    cairo_rotate(context, angle)
  }

  /// Scales about the origin. A negative factor mirrors; a factor of 0 is an error that is thrown when the picture is
  /// written.
  public func scale(x: Double, y: Double) {
    cairo_scale(context, x, y)
  }

  /// Restricts drawing to the inside of `path` and of the earlier clips. `withState` restores the earlier clip.
  public func clip(to path: Path) {
    trace(path)
    cairo_clip(context)
  }
}
