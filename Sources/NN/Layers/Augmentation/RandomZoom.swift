import Autograd
import Tensor

/// In training, zooms each image in or out by random factors about its center; in inference the identity.
///
/// Shapes: `[N, C, H, W]`. See ``RandomWarpLayer``.
public final class RandomZoom: RandomWarpLayer, Sendable {
  /// The relative change of the visible height: 0.2 zooms out to 120 %, -0.2 zooms in to 80 %.
  public let height: ClosedRange<Float>
  /// The same for the width; `nil` for the factor of the height, which keeps the proportions.
  public let width: ClosedRange<Float>?
  /// What stands outside an image.
  public let fill: ImageWarp.Fill
  /// What stands between pixels.
  public let interpolation: ImageWarp.Interpolation

  /// Makes a layer with ranges of factors above -1 and up to 1.
  public init(
    height: ClosedRange<Float>, width: ClosedRange<Float>? = nil, fill: ImageWarp.Fill = .reflect,
    interpolation: ImageWarp.Interpolation = .bilinear
  ) {
    self.height = height
    self.width = width
    self.fill = fill
    self.interpolation = interpolation
  }

  /// Makes a layer that keeps the proportions, with factors up to a number in both directions.
  public convenience init(
    _ factor: Float, fill: ImageWarp.Fill = .reflect, interpolation: ImageWarp.Interpolation = .bilinear
  ) {
    self.init(height: -abs(factor)...abs(factor), fill: fill, interpolation: interpolation)
  }

  /// A factor of -1 or less, or above 1.
  public var invalidity: String? {
    let limits = Float(-1).nextUp...1
    return height.invalidity(within: limits, "factor of the height")
      ?? width?.invalidity(within: limits, "factor of the width")
  }

  /// Draws the factors.
  public func drawMap(height: Int, width: Int, using generator: inout RandomGenerator) -> PixelMap {
    let rows = 1 + self.height.draw(using: &generator)
    let columns = self.width.map { 1 + $0.draw(using: &generator) } ?? rows
    return Self.map(zoomY: rows, zoomX: columns, height: height, width: width)
  }

  /// The map of a zoom that shows so many heights and widths in one.
  package static func map(zoomY: Double, zoomX: Double, height: Int, width: Int) -> PixelMap {
    PixelMap(
      xx: zoomX, x0: Double(width - 1) / 2 * (1 - zoomX), yy: zoomY, y0: Double(height - 1) / 2 * (1 - zoomY))
  }
}
