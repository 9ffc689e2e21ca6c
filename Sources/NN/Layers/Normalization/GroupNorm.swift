import Autograd
import Tensor

/// Group normalization: y = scale · (x - mean) / √(variance + ε) + shift, with the mean and the biased variance of each
/// example over a group of neighbouring channels and all other axes (Wu and He 2018). The same in training and inference.
///
/// Scale and shift have a number for each channel. As many groups as channels is instance normalization (Ulyanov, Vedaldi
/// and Lempitsky 2016). Shapes: images `[N, C, H, W]`, sequences `[N, T, F]`, features `[N, F]`. The normalized batch is
/// kept for the backward pass.
public final class GroupNorm: Layer, Sendable {
  /// The number of groups; `nil` for one of each channel.
  public let groups: Int?
  /// The axis of a batch that is divided into groups, 0 the batch itself; a negative one counts from the end. `nil` for
  /// that of the features.
  public let axis: Int?
  /// Added to the variance.
  public let epsilon: Float
  /// The factor of each channel; `nil` for none.
  public let scale: Parameter?
  /// What is added to each channel; `nil` for none.
  public let shift: Parameter?

  /// How the first factors are chosen.
  public let scaleInitializer: Initializer
  /// How the first numbers that are added are chosen.
  public let shiftInitializer: Initializer
  /// The penalty on the factors; `nil` for none.
  public let scaleRegularizer: Regularizer?
  /// The penalty on what is added; `nil` for none.
  public let shiftRegularizer: Regularizer?

  /// Makes a normalization; the number of channels, which the groups must divide, is found when the model is made.
  /// Constraints are on scale and shift after each step.
  public init(
    groups: Int? = 32, axis: Int? = nil, epsilon: Float = 1e-3, useScale: Bool = true, useShift: Bool = true,
    scaleInitializer: Initializer = .ones, shiftInitializer: Initializer = .zeros,
    scaleRegularizer: Regularizer? = nil, shiftRegularizer: Regularizer? = nil, scaleConstraint: Constraint? = nil,
    shiftConstraint: Constraint? = nil
  ) {
    self.groups = groups
    self.axis = axis
    self.epsilon = epsilon
    (self.scaleInitializer, self.shiftInitializer) = (scaleInitializer, shiftInitializer)
    self.scaleRegularizer = scaleRegularizer
    self.shiftRegularizer = shiftRegularizer
    scale = useScale ? Parameter(constraint: scaleConstraint) : nil
    shift = useShift ? Parameter(constraint: shiftConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    GroupNorm(
      groups: groups, axis: axis, epsilon: epsilon, useScale: scale != nil, useShift: shift != nil,
      scaleInitializer: scaleInitializer, shiftInitializer: shiftInitializer,
      scaleRegularizer: scaleRegularizer, shiftRegularizer: shiftRegularizer, scaleConstraint: scale?.constraint,
      shiftConstraint: shift?.constraint)
  }

  /// The penalties on scale and shift.
  public var penalties: [WeightPenalty] { WeightPenalty.all((scale, scaleRegularizer), (shift, shiftRegularizer)) }

  /// Makes vectors for the channels.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let axis = try inputShape.batchAxes(axis.map { [$0] })[0]
    try requireEpsilon(epsilon, inputShape)
    let channels = inputShape[axis - 1]
    let groups = groups ?? channels
    guard groups >= 1, channels % groups == 0 else {
      throw LayerError(inputShape: inputShape, reason: "\(channels) channels cannot be divided into \(groups) groups")
    }
    try scale?.storage.build("scale", [channels], for: inputShape) {
      try scaleInitializer.values([channels], fanIn: channels, fanOut: channels, using: &generator)
    }
    try shift?.storage.build("shift", [channels], for: inputShape) {
      try shiftInitializer.values([channels], fanIn: channels, fanOut: channels, using: &generator)
    }
    return inputShape
  }

  /// The normalized batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let axis = x.shape.resolve(
      axis: axis ?? featureAxis(ofExample: Shape(x.shape.dropFirst())), in: "GroupNorm")
    var grouped = x.shape.dimensions
    let groups = groups ?? grouped[axis]
    grouped[axis] = grouped[axis] / Swift.max(groups, 1)
    grouped.insert(groups, at: axis)
    let inner = (1...x.shape.rank).filter { $0 != axis }
    func spread(_ parameter: Parameter) -> Variable<Float> {
      context[parameter].reshaped(to: x.shape.indices.map { $0 == axis ? x.shape[axis] : 1 })
    }
    return x.reshaped(to: grouped).standardized(along: inner, epsilon: epsilon).reshaped(to: x.shape.dimensions)
      .scaled(by: scale.map(spread), shiftedBy: shift.map(spread))
  }
}
