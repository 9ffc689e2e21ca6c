import Autograd
import Tensor

/// Division by the root mean square: y = scale · x / √(mean of x² + ε), with the mean of each example over some axes
/// (Zhang and Sennrich 2019). The same in training and inference.
///
/// The scale has a number for each index of these axes, in the shape that ``LayerNorm`` has. Shapes: any; by default the
/// axis is that of the features. The normalized batch is kept for the backward pass.
public final class RMSNorm: Layer, Sendable {
  /// The axes of a batch, 0 the batch itself; negative ones count from the end. `nil` for that of the features.
  public let axes: [Int]?
  /// Added to the mean square.
  public let epsilon: Float
  /// The factor of each index of the axes, at first 1.
  public let scale = Parameter()

  /// Makes a normalization.
  public init(axes: [Int]? = nil, epsilon: Float = 1e-6) {
    self.axes = axes
    self.epsilon = epsilon
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer { RMSNorm(axes: axes, epsilon: epsilon) }

  /// Makes the scale for the lengths of the axes.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireEpsilon(epsilon, inputShape)
    let shape = try inputShape.lengths(ofBatchAxes: axes)
    try scale.storage.build("scale", shape, for: inputShape) { Tensor(ones: shape) }
    return inputShape
  }

  /// The normalized batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let axes = axes ?? [featureAxis(ofExample: Shape(x.shape.dropFirst()))]
    return x.dividedByRootMeanSquare(along: axes, epsilon: epsilon).scaled(by: context[scale], shiftedBy: nil)
  }
}
