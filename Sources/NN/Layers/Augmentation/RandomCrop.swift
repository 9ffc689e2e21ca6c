import Autograd
import Tensor

/// In training, a window of each image at a random place, the same one for all images of a batch, as in Keras; in inference
/// the largest middle part with the ratio of the window, resized bilinearly. An image that is smaller than the window is
/// resized in training too.
///
/// This is what Keras documents and its versions up to 3.3 compute. Later ones do otherwise in inference: from 3.12 on they
/// return the whole image, whatever shape the layer states.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, height, width]`. Nothing is kept for the backward pass but the place.
public final class RandomCrop: Layer, Sendable {
  /// Height and width of the window.
  public let size: Size

  /// Makes the layer.
  public init(_ size: Size) {
    self.size = size
  }

  /// The size of the window.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireImage(
      inputShape, unless: size.height >= 1 && size.width >= 1 ? nil : "an image of \(size) is not possible")
    return [inputShape[0], size.height, size.width]
  }

  /// The windows of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    require(x.shape.rank == 4, "RandomCrop: images [N, C, H, W] are needed, found \(x.shape)")
    let (rows, columns) = (x.shape[2] - size.height, x.shape[3] - size.width)
    guard context.appliesDropout, rows >= 0, columns >= 0 else {
      return x.cropped(toRatioOf: size).resized(to: size, .bilinear)
    }
    let top = context.generator.integer(below: rows + 1)
    let left = context.generator.integer(below: columns + 1)
    return x.slice(top..<top + size.height, axis: 2).slice(left..<left + size.width, axis: 3)
  }
}
