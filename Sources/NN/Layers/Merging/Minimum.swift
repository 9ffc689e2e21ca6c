import Autograd
import Tensor

/// The smallest of two or more inputs, element by element: y = min(x₁, x₂, …). On ties the first takes the gradient.
///
/// Shapes: any. They broadcast as in Keras: lengths that meet are equal or 1, and an
/// input with fewer axes is repeated. The channels of an image meet the features of `[F]`.
/// A mask for each input after the first is kept for the backward pass.
public final class Minimum: ElementwiseMergingLayer, Sendable {
  /// Makes the layer.
  public init() {}

  /// The smallest elements of the batches.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    MergedInputs.aligned(inputs).merged { .minimum($0, $1) }
  }
}
