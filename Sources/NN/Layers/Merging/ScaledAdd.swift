import Autograd
import Tensor

/// The first input plus the second times a fixed number: y = a + scale · b (Szegedy et al. 2017, "Inception-v4,
/// Inception-ResNet and the Impact of Residual Connections on Learning", section 3.3).
///
/// Shapes: any; they broadcast as those of ``Add``. Nothing is kept for the backward pass.
public final class ScaledAdd: MergingLayer, Sendable {
  /// The factor of the second input.
  public let scale: Float

  /// Makes the layer.
  public init(scale: Float) {
    self.scale = scale
  }

  /// The shape that the two inputs broadcast to.
  public func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    try MergedInputs.shape(of: shapes, exactly: 2)
  }

  /// The sum of the batches.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    let inputs = MergedInputs.aligned(inputs)
    return inputs[0] + inputs[1] * scale
  }
}
