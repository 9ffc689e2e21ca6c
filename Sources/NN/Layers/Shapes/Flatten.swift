import Autograd
import Tensor

/// Joins all axes of an example to one: `[N, C, H, W]` to `[N, C · H · W]`.
public final class Flatten: Layer, Sendable {
  /// The order of the elements of an image.
  public let order: ElementOrder

  /// Makes a flattening layer.
  ///
  /// - Parameter order: the order of the elements of an image. With `.channelsLast`, which is Keras's, the features are those
  ///   of Keras one by one.
  public init(order: ElementOrder = .channelsFirst) {
    self.order = order
  }

  /// The product of all lengths.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    [inputShape.elementCount]
  }

  /// The flattened batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.ordered(order).flattenedImages()
  }
}
