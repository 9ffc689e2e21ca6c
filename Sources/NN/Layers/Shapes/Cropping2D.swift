import Autograd
import Tensor

/// An image without rows and columns at its sides.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, H - top - bottom, W - left - right]`. Nothing is kept for the backward pass.
public final class Cropping2D: Layer, Sendable {
  /// The number of rows cut off above.
  public let top: Int
  /// The number of rows cut off below.
  public let bottom: Int
  /// The number of columns cut off on the left.
  public let left: Int
  /// The number of columns cut off on the right.
  public let right: Int

  /// Makes a cropping layer.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// Makes a layer that cuts off the same number on opposite sides: `Cropping2D(1)` on all four.
  ///
  /// - Parameter size: the number of rows above and below, and of columns on the left and right.
  public convenience init(_ size: Size) {
    self.init(top: size.height, bottom: size.height, left: size.width, right: size.width)
  }

  /// The shape of what is left.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    guard [top, bottom, left, right].allSatisfy({ $0 >= 0 }), top < inputShape[1], left < inputShape[2],
      bottom < inputShape[1] - top, right < inputShape[2] - left
    else {
      throw LayerError(
        inputShape: inputShape, reason: "\(top) + \(bottom) rows and \(left) + \(right) columns cannot be cut off")
    }
    return [inputShape[0], inputShape[1] - top - bottom, inputShape[2] - left - right]
  }

  /// The cropped batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.slice(top..<x.shape[2] - bottom, axis: 2).slice(left..<x.shape[3] - right, axis: 3)
  }
}
