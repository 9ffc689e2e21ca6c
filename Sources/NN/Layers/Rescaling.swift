import Autograd
import Tensor

/// Every element times a number, plus another: y = scale · x + offset, the same in training and inference.
///
/// Brings inputs such as the bytes of a photo into the range that a network wants. Shapes: any.
public final class Rescaling: Layer {
  /// The factor.
  public let scale: Float
  /// What is added.
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
