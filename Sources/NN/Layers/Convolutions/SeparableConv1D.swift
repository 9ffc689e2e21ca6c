import Autograd
import Tensor

/// A depthwise convolution along the steps, then one of single steps that mixes the features.
///
/// Shapes: input `[N, T, F]`, output `[N, ot, filters]`. The input, what stands between the convolutions and the weights are
/// kept for the backward pass, and the output where the activation needs it.
public final class SeparableConv1D: Layer, Sendable {
  /// The number of output features.
  public let filters: Int
  /// The number of steps under the filter.
  public let kernelSize: Int
  /// How far the filter moves.
  public let stride: Int
  /// What surrounds the sequence.
  public let padding: SequencePadding
  /// The distance between the steps under the filter.
  public let dilation: Int
  /// The number of depthwise filters for each feature.
  public let depthMultiplier: Int
  /// The function applied to the result.
  public let activation: Activation
  /// How the first values of both weights and of the bias are chosen.
  public let depthwiseInitializer, pointwiseInitializer, biasInitializer: Initializer
  /// The penalties on both weights, the bias, and the output behind the activation; `nil` for none.
  public let depthwiseRegularizer, pointwiseRegularizer, biasRegularizer, activityRegularizer: Regularizer?
  /// The depthwise filters, `[F · depthMultiplier, 1, kernelSize]`.
  public let depthwiseWeight: Parameter
  /// The filters of single steps, `[filters, F · depthMultiplier, 1]`.
  public let pointwiseWeight: Parameter
  /// Added to each feature of the output, `[filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a separable convolution; the number of features is known when the model is made.
  ///
  /// - Parameters:
  ///   - filters: the number of output features.
  ///   - kernelSize: the number of steps under the window.
  ///   - stride: how far the window moves.
  ///   - padding: what surrounds the sequence.
  ///   - depthMultiplier: the number of depthwise filters for each feature.
  ///   - dilation: the distance between neighbouring elements of the window.
  ///   - activation: the function applied to the result.
  ///   - useBias: whether a number is added to each output feature.
  ///   - depthwiseInitializer: how the first value of the depthwise weight is chosen.
  ///   - pointwiseInitializer: how the first value of the pointwise weight is chosen.
  ///   - biasInitializer: how the first value of the bias is chosen.
  ///   - depthwiseRegularizer: the penalty on the depthwise weight.
  ///   - pointwiseRegularizer: the penalty on the pointwise weight.
  ///   - biasRegularizer: the penalty on the bias.
  ///   - activityRegularizer: the penalty on the output.
  ///   - depthwiseConstraint: what the depthwise weight satisfies after each step; norms are those of the filters, unless
  ///     it has axes.
  ///   - pointwiseConstraint: what the pointwise weight satisfies after each step, likewise.
  ///   - biasConstraint: what the bias satisfies after each step.
  public init(
    _ filters: Int, kernelSize: Int, stride: Int = 1, padding: SequencePadding = .valid, depthMultiplier: Int = 1,
    dilation: Int = 1, activation: Activation = .linear, useBias: Bool = true,
    depthwiseInitializer: Initializer = .glorotUniform, pointwiseInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, depthwiseRegularizer: Regularizer? = nil,
    pointwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, depthwiseConstraint: Constraint? = nil,
    pointwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    (self.filters, self.kernelSize, self.stride, self.padding) = (filters, kernelSize, stride, padding)
    (self.dilation, self.depthMultiplier, self.activation) = (dilation, depthMultiplier, activation)
    (self.depthwiseInitializer, self.pointwiseInitializer) = (depthwiseInitializer, pointwiseInitializer)
    self.biasInitializer = biasInitializer
    (self.depthwiseRegularizer, self.pointwiseRegularizer) = (depthwiseRegularizer, pointwiseRegularizer)
    (self.biasRegularizer, self.activityRegularizer) = (biasRegularizer, activityRegularizer)
    depthwiseWeight = Parameter(constraint: depthwiseConstraint?.over([2]))
    pointwiseWeight = Parameter(constraint: pointwiseConstraint?.over([1, 2]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    SeparableConv1D(
      filters, kernelSize: kernelSize, stride: stride, padding: padding, depthMultiplier: depthMultiplier,
      dilation: dilation, activation: activation, useBias: bias != nil, depthwiseInitializer: depthwiseInitializer,
      pointwiseInitializer: pointwiseInitializer, biasInitializer: biasInitializer,
      depthwiseRegularizer: depthwiseRegularizer, pointwiseRegularizer: pointwiseRegularizer,
      biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      depthwiseConstraint: depthwiseWeight.constraint, pointwiseConstraint: pointwiseWeight.constraint,
      biasConstraint: bias?.constraint)
  }

  private var window: Window { Window(overSteps: kernelSize, stride: stride, dilation: dilation, padding: padding) }

  /// Makes the weights for the input's features.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard filters >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "filters is \(filters), at least 1 is needed")
    }
    let steps = try window.steps(onSequenceOf: inputShape)
    let middle = try depthwiseFilters(depthMultiplier, [inputShape[1]])
    try depthwiseWeight.storage.build("depthwiseWeight", [middle, 1, kernelSize], for: inputShape) {
      let kernel = Size(height: 1, width: kernelSize)
      return try depthwiseValues(depthwiseInitializer, inputShape[1], depthMultiplier, kernel, using: &generator)
        .reshaped(to: [middle, 1, kernelSize])
    }
    try pointwiseWeight.storage.build("pointwiseWeight", [filters, middle, 1], for: inputShape) {
      try pointwiseInitializer.values([filters, middle, 1], fanIn: middle, fanOut: filters, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [steps, filters]
  }

  /// The convolution of a batch `[N, T, F]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let (depthwise, pointwise) = (context[depthwiseWeight], context[pointwiseWeight])
    let (middle, features) = (depthwise.shape[0], depthwise.shape[0] / depthMultiplier)
    require(
      x.shape.rank == 3 && x.shape[2] == features,
      "SeparableConv1D: inputs [N, T, \(features)] are needed, found \(x.shape)")
    let isReLU = activation == .relu
    let result = x.sequencesAsImages()
      .convolution2D(depthwise.reshaped(to: [middle, 1, 1, kernelSize]), window: window, groups: features)
      .convolution2D(
        pointwise.reshaped(to: [filters, middle, 1, 1]), bias: bias.map { context[$0] }, window: Window(1),
        appliesReLU: isReLU, pools: false
      ).imagesAsSequences()
    return context.regularized(isReLU ? result : activation(result), by: activityRegularizer)
  }

  /// The penalties on the weights and the bias.
  public var penalties: [WeightPenalty] {
    WeightPenalty.all(
      (depthwiseWeight, depthwiseRegularizer), (pointwiseWeight, pointwiseRegularizer), (bias, biasRegularizer))
  }

  /// Those of both convolutions.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    outputShape[0] * inputShape[1] * depthMultiplier * (kernelSize + filters)
  }
}
