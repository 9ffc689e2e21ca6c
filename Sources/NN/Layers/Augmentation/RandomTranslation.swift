import Autograd
import Tensor

/// In training, shifts each image by random parts of its height and width; in inference the identity.
///
/// Shapes: `[N, C, H, W]`. See ``RandomWarpLayer``.
public final class RandomTranslation: RandomWarpLayer, Sendable {
  /// The shift down as a share of the height.
  public let height: ClosedRange<Float>
  /// The shift to the right as a share of the width.
  public let width: ClosedRange<Float>
  /// What stands outside an image.
  public let fill: ImageWarp.Fill
  /// What stands between pixels.
  public let interpolation: ImageWarp.Interpolation

  /// Makes a layer with ranges of shares in [-1, 1].
  public init(
    height: ClosedRange<Float>, width: ClosedRange<Float>, fill: ImageWarp.Fill = .reflect,
    interpolation: ImageWarp.Interpolation = .bilinear
  ) {
    self.height = height
    self.width = width
    self.fill = fill
    self.interpolation = interpolation
  }

  /// Makes a layer with shifts up to a share of height and width in all directions.
  public convenience init(
    _ share: Float, fill: ImageWarp.Fill = .reflect, interpolation: ImageWarp.Interpolation = .bilinear
  ) {
    let range = -abs(share)...abs(share)
    self.init(height: range, width: range, fill: fill, interpolation: interpolation)
  }

  /// A share outside [-1, 1].
  public var invalidity: String? {
    height.invalidity(within: -1...1, "share of the height") ?? width.invalidity(within: -1...1, "share of the width")
  }

  /// Draws the shifts.
  public func drawMap(height: Int, width: Int, using generator: inout RandomGenerator) -> PixelMap {
    let down = self.height.draw(using: &generator)
    return Self.map(right: self.width.draw(using: &generator), down: down, height: height, width: width)
  }

  /// The map of a shift by shares of width and height.
  package static func map(right: Double, down: Double, height: Int, width: Int) -> PixelMap {
    PixelMap(x0: -right * Double(width), y0: -down * Double(height))
  }
}
