import Autograd
import Tensor

/// Rows and columns of zeros around an image.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, top + H + bottom, left + W + right]`. Nothing is kept for the backward
/// pass. Before a convolution, its own `Padding.explicit` does the same with less work.
public final class ZeroPad2D: Layer, Sendable {
  /// The number of rows above.
  public let top: Int
  /// The number of rows below.
  public let bottom: Int
  /// The number of columns on the left.
  public let left: Int
  /// The number of columns on the right.
  public let right: Int

  /// Makes a padding layer.
  public init(top: Int, bottom: Int, left: Int, right: Int) {
    (self.top, self.bottom, self.left, self.right) = (top, bottom, left, right)
  }

  /// Makes a layer that adds the same number of zeros on opposite sides: `ZeroPad2D(1)` on all four.
  ///
  /// - Parameter size: the number of rows above and below, and of columns on the left and right.
  public convenience init(_ size: Size) {
    self.init(top: size.height, bottom: size.height, left: size.width, right: size.width)
  }

  /// The shape with the padding.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    guard let shape = inputShape.padded(by: [(0, 0), (top, bottom), (left, right)]) else {
      throw LayerError(inputShape: inputShape, reason: "padding of \([top, bottom, left, right]) is not possible")
    }
    return shape
  }

  /// The padded batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.padded([(0, 0), (0, 0), (top, bottom), (left, right)])
  }
}
