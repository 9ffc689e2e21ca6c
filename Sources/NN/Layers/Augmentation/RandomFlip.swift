import Autograd
import Tensor

/// In training, mirrors each image with probability ½; in inference the identity.
///
/// Shapes: `[N, C, H, W]`. Gradients are mirrored as the images are; a truth value an image is kept.
public final class RandomFlip: RandomLayer, Sendable {
  /// In which directions an image is mirrored.
  public enum Mode: Hashable, Sendable {
    /// Left and right change places.
    case horizontal
    /// Top and bottom change places.
    case vertical
    /// Both at once, which turns the image by half a turn, as in Keras.
    case horizontalAndVertical
  }

  /// In which directions an image is mirrored.
  public let mode: Mode

  /// Makes a layer.
  public init(_ mode: Mode = .horizontalAndVertical) {
    self.mode = mode
  }

  /// Checks that the input is an image.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireImage(inputShape, unless: nil)
    return inputShape
  }

  /// The batch with some images mirrored.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout else { return x }
    return flip(x, where: (0..<x.shape[0]).map { _ in context.generator.uniform() <= 0.5 })
  }

  /// The batch with the chosen images mirrored.
  package func flip(_ x: Variable<Float>, where flips: [Bool]) -> Variable<Float> {
    require(x.shape.rank == 4, "RandomFlip: images [N, C, H, W] are needed, found \(x.shape)")
    let (width, height) = (Double(x.shape[3] - 1), Double(x.shape[2] - 1))
    let (isHorizontal, isVertical) = (mode != .vertical, mode != .horizontal)
    let flipped = PixelMap(
      xx: isHorizontal ? -1 : 1, x0: isHorizontal ? width : 0, yy: isVertical ? -1 : 1, y0: isVertical ? height : 0)
    // Pixels are mapped to pixels: nothing is interpolated, and nothing lies outside.
    return x.warped(
      by: ImageWarp(flips.map { $0 ? flipped : PixelMap() }, fill: .nearest, interpolation: .nearest))
  }
}
