import Foundation
import Kilim

/// The leg of an animal seen from the side: thigh and shank of equal length.
struct Leg {
  /// Where it leaves the body.
  let hip: Point
  /// From hip to foot when stretched.
  let length: Double
  /// How far the thigh swings forwards, in radians from the vertical.
  let angle: Double
  /// How far the shank is bent backwards from the thigh, in radians.
  let bend: Double
  /// How thick it is.
  let width: Double

  /// Where it ends.
  var foot: Point { knee + direction(angle - bend) * (length / 2) }

  private var knee: Point { hip + direction(angle) * (length / 2) }

  private func direction(_ angle: Double) -> Point { Point(sin(angle), cos(angle)) }

  /// Draws thigh and shank in one sweep.
  func draw(with brush: Brush, _ paint: some Paint) {
    brush.limb([hip, knee, foot], width: width, paint)
  }
}
