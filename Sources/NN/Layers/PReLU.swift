import Autograd
import Tensor

/// A rectifier with a slope that is learned: x where positive, slope · x elsewhere (He et al. 2015).
///
/// Shapes: any; the slope has the shape of one example, with length 1 along the shared axes. The input and the slope are kept
/// for the backward pass.
public final class PReLU: Layer, Sendable {
  /// The axes of one example along which the slope is the same, negative from the end.
  public let sharedAxes: [Int]
  /// How the first value of the slope is chosen.
  public let initializer: Initializer
  /// The penalty on the slope; `nil` for none.
  public let regularizer: Regularizer?
  /// The slope.
  public let slope: Parameter

  /// Makes the layer.
  ///
  /// - Parameters:
  ///   - sharedAxes: the axes of one example, without that of the batch, along which the slope is the same: `[1, 2]` for one
  ///     slope for each channel of images `[C, H, W]`.
  ///   - initializer: how the first value of the slope is chosen.
  ///   - regularizer: the penalty on the slope.
  ///   - constraint: what the slope satisfies after each step; norms are those along its first axis, unless it has axes.
  public init(
    sharedAxes: [Int] = [], initializer: Initializer = .zeros, regularizer: Regularizer? = nil,
    constraint: Constraint? = nil
  ) {
    self.sharedAxes = sharedAxes
    self.initializer = initializer
    self.regularizer = regularizer
    slope = Parameter(constraint: constraint?.over([0]))
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    PReLU(sharedAxes: sharedAxes, initializer: initializer, regularizer: regularizer, constraint: slope.constraint)
  }

  /// Makes the slope for the input's shape.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    var shape = inputShape
    for axis in sharedAxes {
      let counted = axis < 0 ? axis + shape.rank : axis
      guard shape.indices.contains(counted) else {
        throw LayerError(inputShape: inputShape, reason: "there is no axis \(axis) to share the slope along")
      }
      shape[counted] = 1
    }
    try slope.storage.build("slope", shape, for: inputShape) {
      try initializer.values(shape, fanIn: shape.elementCount, fanOut: shape.elementCount, using: &generator)
    }
    return inputShape
  }

  /// The function applied to a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.parametricReLU(slope: context[slope])
  }

  /// The penalty on the slope.
  public var penalties: [WeightPenalty] { WeightPenalty.all((slope, regularizer)) }
}
