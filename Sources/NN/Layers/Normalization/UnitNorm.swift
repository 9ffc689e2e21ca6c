import Autograd
import Tensor

/// Rows of length 1: y = x / √Σ x², with the sum of each example over some axes. A row of zeros stays one. The same in
/// training and inference.
///
/// Shapes: any; by default the axis is that of the features, as for ``LayerNorm``. The normalized batch is kept for the
/// backward pass.
public final class UnitNorm: Layer, Sendable {
  /// The axes of a batch, 0 the batch itself; negative ones count from the end. `nil` for that of the features.
  public let axes: [Int]?

  /// Makes a normalization.
  public init(axes: [Int]? = nil) {
    self.axes = axes
  }

  /// Checks the axes.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    _ = try inputShape.batchAxes(axes)
    return inputShape
  }

  /// The normalized batch. A norm below 10⁻¹² counts as 10⁻¹², as in Keras.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.dividedByNorm(along: axes ?? [featureAxis(ofExample: Shape(x.shape.dropFirst()))], epsilon: 1e-12)
  }
}
