import Autograd
import Tensor

/// The product of two or more inputs, element by element: y = x₁ · x₂ · …
///
/// Shapes: any. They broadcast as in Keras: lengths that meet are equal or 1, and an
/// input with fewer axes is repeated. The channels of an image meet the features of `[F]`.
/// The inputs are kept for the backward pass.
public final class Multiply: ElementwiseMergingLayer, Sendable {
  /// Makes the layer.
  public init() {}

  /// The product of the batches.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    MergedInputs.aligned(inputs).merged { $0.scaled(byFactors: $1) ?? $1.scaled(byFactors: $0) ?? $0 * $1 }
  }
}
