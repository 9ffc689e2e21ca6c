import Autograd
import Tensor

/// A layer that applies an ``Activation`` and does nothing else.
package protocol PointwiseLayer: Layer {
  /// The function.
  var activation: Activation { get }
}

/// An activation as a layer of its own, for example behind a normalization: `ActivationLayer(.relu)`.
public final class ActivationLayer: PointwiseLayer, Sendable {
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
