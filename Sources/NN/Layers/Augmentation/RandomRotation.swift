import Autograd
import Glibc
import Tensor

/// In training, rotates each image by a random angle about its center; in inference the identity.
///
/// Shapes: `[N, C, H, W]`. See ``RandomWarpLayer``.
public final class RandomRotation: RandomWarpLayer, Sendable {
  /// The angle as a share of a full turn, against the clock on the screen where positive, as in Keras.
  public let factor: ClosedRange<Float>
  /// What stands outside an image.
  public let fill: ImageWarp.Fill
  /// What stands between pixels.
  public let interpolation: ImageWarp.Interpolation

  /// Makes a layer with a range of angles, shares of a full turn in [-1, 1].
  public init(
    _ factor: ClosedRange<Float>, fill: ImageWarp.Fill = .reflect, interpolation: ImageWarp.Interpolation = .bilinear
  ) {
    self.factor = factor
    self.fill = fill
    self.interpolation = interpolation
  }

  /// Makes a layer with angles up to a share of a full turn in both directions.
  public convenience init(
    _ factor: Float, fill: ImageWarp.Fill = .reflect, interpolation: ImageWarp.Interpolation = .bilinear
  ) {
    self.init(-abs(factor)...abs(factor), fill: fill, interpolation: interpolation)
  }

  /// A factor outside [-1, 1].
  public var invalidity: String? { factor.invalidity(within: -1...1, "factor") }

  /// Draws an angle.
  public func drawMap(height: Int, width: Int, using generator: inout RandomGenerator) -> PixelMap {
    Self.map(angle: factor.draw(using: &generator), height: height, width: width)
  }

  /// The map of a rotation by an angle, a share of a full turn.
  package static func map(angle: Double, height: Int, width: Int) -> PixelMap {
    let (cosine, sine) = (cos(2 * .pi * angle), sin(2 * .pi * angle))
    let (x, y) = (Double(width - 1) / 2, Double(height - 1) / 2)
    return PixelMap(
      xx: cosine, xy: -sine, x0: x - x * cosine + y * sine, yx: sine, yy: cosine, y0: y - x * sine - y * cosine)
  }
}
