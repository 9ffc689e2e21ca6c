import Autograd
import Tensor

/// Every element times a number, plus another: y = scale · x + offset, the same in training and inference.
///
/// Scales inputs such as pixels from 0 to 255 to the range that a network expects. Shapes: any.
public final class Rescaling: Layer, Sendable {
  /// The factor.
  public let scale: Float
  /// Added to each product.
  public let offset: Float

  /// Makes a rescaling layer.
  public init(_ scale: Float, offset: Float = 0) {
    self.scale = scale
    self.offset = offset
  }

  /// Any shape fits.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    inputShape
  }

  /// The rescaled batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x * scale + offset
  }
}
