import Autograd
import Tensor

/// In training, shears each image by random factors; in inference the identity.
///
/// x' = x + a y and y' = y + b x, with a and b from the two ranges, both with the opposite sign in half of the cases.
/// Shapes: `[N, C, H, W]`. See ``RandomWarpLayer``.
public final class RandomShear: RandomWarpLayer, Sendable {
  /// The range of a.
  public let x: ClosedRange<Float>
  /// The range of b.
  public let y: ClosedRange<Float>
  /// What stands outside an image.
  public let fill: ImageWarp.Fill
  /// What stands between pixels.
  public let interpolation: ImageWarp.Interpolation

  /// Makes a layer with ranges of factors in [-1, 1].
  public init(
    x: ClosedRange<Float> = 0...0, y: ClosedRange<Float> = 0...0, fill: ImageWarp.Fill = .reflect,
    interpolation: ImageWarp.Interpolation = .bilinear
  ) {
    self.x = x
    self.y = y
    self.fill = fill
    self.interpolation = interpolation
  }

  /// A factor outside [-1, 1].
  public var invalidity: String? {
    x.invalidity(within: -1...1, "factor of x") ?? y.invalidity(within: -1...1, "factor of y")
  }

  /// Draws the factors.
  public func drawMap(height: Int, width: Int, using generator: inout RandomGenerator) -> PixelMap {
    let sign: Double = generator.uniform() > 0.5 ? -1 : 1
    let b = y.draw(using: &generator) * sign
    return PixelMap(xy: x.draw(using: &generator) * sign, yx: b)
  }
}
