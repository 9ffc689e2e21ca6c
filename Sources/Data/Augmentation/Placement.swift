import Glibc

/// How a picture is moved: mirrored, then cropped, then sheared, zoomed and rotated about the centre, then shifted.
package struct Placement: Hashable, Sendable {
  /// A rectangle in a picture, in shares of its sides.
  package struct Box: Hashable, Sendable {
    package var x, y, width, height: Double

    package init(x: Double = 0, y: Double = 0, width: Double = 1, height: Double = 1) {
      (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }
  }

  /// Whether left and right are swapped.
  package var isMirrored = false
  /// Whether top and bottom are swapped.
  package var isUpsideDown = false
  /// The part that is kept and resized to the full size.
  package var box = Box()
  /// The angle by which vertical lines lean, in radians: `x` becomes `x + tan(shear) y`.
  package var shear = 0.0
  /// The factor for the size of the picture.
  package var zoom = 1.0
  /// The rotation of the picture, counterclockwise, in radians.
  package var angle = 0.0
  /// How far the picture moves to the right, in pixels.
  package var right = 0.0
  /// How far the picture moves down, in pixels.
  package var down = 0.0

  /// A picture that is not moved.
  package init() {}

  /// Maps a pixel of the result to its position in the picture. Undoes each step, the last one first.
  func sourceMap(height: Int, width: Int) -> AffineMap {
    let (centreX, centreY) = (Double(width - 1) / 2, Double(height - 1) / 2)
    let boxX = (box.x + box.width / 2 - 0.5) * Double(width)
    let boxY = (box.y + box.height / 2 - 0.5) * Double(height)
    return AffineMap(x0: -centreX - right, y0: -centreY - down)
      .then(AffineMap(xx: cos(angle) / zoom, xy: -sin(angle) / zoom, yx: sin(angle) / zoom, yy: cos(angle) / zoom))
      .then(AffineMap(xy: -tan(shear)))
      .then(AffineMap(xx: box.width, x0: boxX, yy: box.height, y0: boxY))
      .then(AffineMap(xx: isMirrored ? -1 : 1, yy: isUpsideDown ? -1 : 1))
      .then(AffineMap(x0: centreX, y0: centreY))
  }
}

/// The map `(x, y) -> (xx x + xy y + x0, yx x + yy y + y0)`.
struct AffineMap {
  var xx = 1.0
  var xy = 0.0
  var x0 = 0.0
  var yx = 0.0
  var yy = 1.0
  var y0 = 0.0

  /// This map followed by `next`.
  func then(_ next: AffineMap) -> AffineMap {
    AffineMap(
      xx: next.xx * xx + next.xy * yx, xy: next.xx * xy + next.xy * yy, x0: next.xx * x0 + next.xy * y0 + next.x0,
      yx: next.yx * xx + next.yy * yx, yy: next.yx * xy + next.yy * yy, y0: next.yx * x0 + next.yy * y0 + next.y0)
  }
}
