import Autograd
import Tensor

/// The mean of two or more inputs: y = (x₁ + x₂ + …) / count.
///
/// Shapes: any. They broadcast as in Keras: lengths that meet are equal or 1, and an
/// input with fewer axes is repeated. The channels of an image meet the features of `[F]`.
/// Nothing is kept for the backward pass.
public final class Average: ElementwiseMergingLayer, Sendable {
  /// Makes the layer.
  public init() {}

  /// The mean of the batches.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    MergedInputs.aligned(inputs).merged { $0 + $1 } / Float(inputs.count)
  }
}
