import Autograd
import Tensor

/// Joins all axes of an example to one: `[N, C, H, W]` to `[N, C · H · W]`, channels outermost.
public final class Flatten: Layer, Sendable {
  /// Makes a flattening layer.
  public init() {}

  /// The product of all lengths.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    [inputShape.elementCount]
  }

  /// The flattened batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.flattenedImages()
  }
}
