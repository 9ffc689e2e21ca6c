import Autograd
import Tensor

/// Layer normalization: y = scale · (x - mean) / √(variance + ε) + shift, with the mean and the biased variance of each
/// example over some axes (Ba, Kiros and Hinton 2016). The same in training and inference.
///
/// Scale and shift have a number for each index of these axes: shape `[features]` by default, that of an example with 1
/// for the other axes where axes are given. Shapes: any; by default the axis is that of the features:
/// the last one of `[N, F]` and `[N, T, F]`, the channels of images `[N, C, H, W]`, so that each pixel is normalized by
/// itself, as in Keras. The normalized batch is kept for the backward pass.
public final class LayerNorm: Layer, Sendable {
  /// The axes of a batch, 0 the batch itself; negative ones count from the end. `nil` for that of the features.
  public let axes: [Int]?
  /// Added to the variance.
  public let epsilon: Float
  /// The factor of each index of the axes; `nil` for none.
  public let scale: Parameter?
  /// What is added at each index of the axes; `nil` for none.
  public let shift: Parameter?

  /// How the first factors are chosen.
  public let scaleInitializer: Initializer
  /// How the first numbers that are added are chosen.
  public let shiftInitializer: Initializer
  /// The penalty on the factors; `nil` for none.
  public let scaleRegularizer: Regularizer?
  /// The penalty on what is added; `nil` for none.
  public let shiftRegularizer: Regularizer?

  /// Makes a normalization; constraints are on scale and shift after each step.
  public init(
    axes: [Int]? = nil, epsilon: Float = 1e-3, useScale: Bool = true, useShift: Bool = true,
    scaleInitializer: Initializer = .ones, shiftInitializer: Initializer = .zeros,
    scaleRegularizer: Regularizer? = nil, shiftRegularizer: Regularizer? = nil, scaleConstraint: Constraint? = nil,
    shiftConstraint: Constraint? = nil
  ) {
    self.axes = axes
    self.epsilon = epsilon
    (self.scaleInitializer, self.shiftInitializer) = (scaleInitializer, shiftInitializer)
    self.scaleRegularizer = scaleRegularizer
    self.shiftRegularizer = shiftRegularizer
    scale = useScale ? Parameter(constraint: scaleConstraint) : nil
    shift = useShift ? Parameter(constraint: shiftConstraint) : nil
  }

  /// The penalties on scale and shift.
  public var penalties: [WeightPenalty] { WeightPenalty.all((scale, scaleRegularizer), (shift, shiftRegularizer)) }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    LayerNorm(
      axes: axes, epsilon: epsilon, useScale: scale != nil, useShift: shift != nil,
      scaleInitializer: scaleInitializer, shiftInitializer: shiftInitializer,
      scaleRegularizer: scaleRegularizer, shiftRegularizer: shiftRegularizer, scaleConstraint: scale?.constraint,
      shiftConstraint: shift?.constraint)
  }

  /// Makes scale and shift for the lengths of the axes.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireEpsilon(epsilon, inputShape)
    let shape = try inputShape.lengths(ofBatchAxes: axes)
    let count = shape.elementCount
    try scale?.storage.build("scale", shape, for: inputShape) {
      try scaleInitializer.values(shape, fanIn: count, fanOut: count, using: &generator)
    }
    try shift?.storage.build("shift", shape, for: inputShape) {
      try shiftInitializer.values(shape, fanIn: count, fanOut: count, using: &generator)
    }
    return inputShape
  }

  /// The normalized batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let axes = axes ?? [featureAxis(ofExample: Shape(x.shape.dropFirst()))]
    let (scale, shift) = (scale.map { context[$0] }, shift.map { context[$0] })
    if axes.count == 1 {
      // Named axes give the numbers as many axes as an example has.
      let features = [x.shape[x.shape.resolve(axis: axes[0], in: "LayerNorm")]]
      let joined = x.layerNormalized(
        axis: axes[0], scale: scale?.reshaped(to: features) ?? Variable(Tensor(ones: Shape(features))),
        shift: shift?.reshaped(to: features) ?? Variable(Tensor(zeros: Shape(features))), epsilon: epsilon)
      if let joined { return joined }
    }
    return x.standardized(along: axes, epsilon: epsilon).scaled(by: scale, shiftedBy: shift)
  }
}

/// Throws unless a number that is added below a root is 0 or more.
func requireEpsilon(_ epsilon: Float, _ inputShape: Shape) throws {
  guard epsilon >= 0 else {
    throw LayerError(inputShape: inputShape, reason: "epsilon is \(epsilon), it must be 0 or more")
  }
}

extension Variable<Float> {
  /// scale · x + shift, with numbers for each feature, `[features]`, or that broadcast to the batch.
  func scaled(by scale: Variable?, shiftedBy shift: Variable?) -> Variable {
    let axis = featureAxis(ofExample: Shape(shape.dropFirst()))
    func spread(_ numbers: Variable) -> Variable {
      guard numbers.shape.rank == 1, axis != shape.rank - 1 else { return numbers }
      return numbers.reshaped(to: [numbers.shape[0]] + [Int](repeating: 1, count: shape.rank - 1 - axis))
    }
    let product = scale.map { self * spread($0) } ?? self
    return shift.map { product + spread($0) } ?? product
  }
}
