import Autograd
import Tensor

/// All axes of an example as one: `[N, C, H, W]` to `[N, C · H · W]`, channels outermost.
public final class Flatten: Layer {
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
