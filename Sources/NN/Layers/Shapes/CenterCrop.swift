import Autograd
import Tensor

/// The middle of an image. An image that is too small is resized, bilinearly, after its sides were cropped to the ratio of the
/// target.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, height, width]`. Nothing is kept for the backward pass.
public final class CenterCrop: Layer, Sendable {
  /// Height and width of the output.
  public let size: Size

  /// Makes the layer.
  public init(_ size: Size) {
    self.size = size
  }

  /// The target.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    guard size.height >= 1, size.width >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "an image of \(size) is not possible")
    }
    return [inputShape[0], size.height, size.width]
  }

  /// The middle of the images of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    require(x.shape.rank == 4, "CenterCrop: images [N, C, H, W] are needed, found \(x.shape)")
    let (rows, columns) = (x.shape[2] - size.height, x.shape[3] - size.width)
    guard rows >= 0, columns >= 0 else { return x.cropped(toRatioOf: size).resized(to: size, .bilinear) }
    let (top, left) = (rows / 2, columns / 2)
    return x.slice(top..<top + size.height, axis: 2).slice(left..<left + size.width, axis: 3)
  }
}
