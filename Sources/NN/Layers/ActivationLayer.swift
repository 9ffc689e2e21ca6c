import Autograd
import Tensor

/// An activation as a layer of its own, for example behind a normalization: `ActivationLayer(.relu)`.
public final class ActivationLayer: Layer, Sendable {
  /// The function.
  public let activation: Activation

  /// Makes an activation layer.
  public init(_ activation: Activation) {
    self.activation = activation
  }

  /// Any shape fits.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    inputShape
  }

  /// The function applied to a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    activation(x)
  }
}
