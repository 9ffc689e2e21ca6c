import Autograd
import Tensor

/// A convolution of each feature along the steps by filters of its own, which mixes no features:
/// y[n, i, c·M + m] = f(b[c·M + m] + Σ w[c·M + m, p] · x[n, i·s + p·d, c]) with M filters for each feature.
///
/// Shapes: input `[N, T, F]`, output `[N, ot, F · M]`. The input and the weight are kept for the backward pass, and the output
/// where the activation needs it.
public final class DepthwiseConv1D: Layer, Sendable {
  /// The number of steps under the filter.
  public let kernelSize: Int
  /// How far the filter moves.
  public let stride: Int
  /// What surrounds the sequence.
  public let padding: SequencePadding
  /// The distance between the steps under the filter.
  public let dilation: Int
  /// M, the number of filters for each feature.
  public let depthMultiplier: Int
  /// f.
  public let activation: Activation
  /// How the first value of the weight is chosen.
  public let initializer: Initializer
  /// How the first value of the bias is chosen.
  public let biasInitializer: Initializer
  /// The penalty on the weight; `nil` for none.
  public let kernelRegularizer: Regularizer?
  /// The penalty on the bias; `nil` for none.
  public let biasRegularizer: Regularizer?
  /// The penalty on the output, behind the activation; `nil` for none.
  public let activityRegularizer: Regularizer?
  /// The filters, `[F · M, 1, kernelSize]`.
  public let weight: Parameter
  /// Added to each feature of the output, `[F · M]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a depthwise convolution; the number of features is known when the model is made.
  ///
  /// - Parameters:
  ///   - kernelSize: the number of steps under the window.
  ///   - stride: how far the window moves.
  ///   - padding: what surrounds the sequence.
  ///   - depthMultiplier: the number of filters for each feature.
  ///   - dilation: the distance between neighbouring elements of the window.
  ///   - activation: the function applied to the result.
  ///   - useBias: whether a number is added to each output feature.
  ///   - initializer: how the first value of the weight is chosen.
  ///   - biasInitializer: how the first value of the bias is chosen.
  ///   - kernelRegularizer: the penalty on the weight.
  ///   - biasRegularizer: the penalty on the bias.
  ///   - activityRegularizer: the penalty on the output.
  ///   - kernelConstraint: what the weight satisfies after each step; norms are those of the filters, unless it has axes.
  ///   - biasConstraint: what the bias satisfies after each step.
  public init(
    kernelSize: Int, stride: Int = 1, padding: SequencePadding = .valid, depthMultiplier: Int = 1, dilation: Int = 1,
    activation: Activation = .linear, useBias: Bool = true, initializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    (self.kernelSize, self.stride, self.padding, self.dilation) = (kernelSize, stride, padding, dilation)
    (self.depthMultiplier, self.activation) = (depthMultiplier, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
    (self.kernelRegularizer, self.biasRegularizer) = (kernelRegularizer, biasRegularizer)
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: kernelConstraint?.over([2]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    DepthwiseConv1D(
      kernelSize: kernelSize, stride: stride, padding: padding, depthMultiplier: depthMultiplier, dilation: dilation,
      activation: activation, useBias: bias != nil, initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint)
  }

  private var window: Window { Window(overSteps: kernelSize, stride: stride, dilation: dilation, padding: padding) }

  /// Makes the weight for the input's features.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let steps = try window.steps(onSequenceOf: inputShape)
    let filters = try depthwiseFilters(depthMultiplier, [inputShape[1]])
    try weight.storage.build("weight", [filters, 1, kernelSize], for: inputShape) {
      let kernel = Size(height: 1, width: kernelSize)
      return try depthwiseValues(initializer, inputShape[1], depthMultiplier, kernel, using: &generator)
        .reshaped(to: [filters, 1, kernelSize])
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [steps, filters]
  }

  /// The convolution of a batch `[N, T, F]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let weight = context[weight]
    let (filters, features) = (weight.shape[0], weight.shape[0] / depthMultiplier)
    require(
      x.shape.rank == 3 && x.shape[2] == features,
      "DepthwiseConv1D: inputs [N, T, \(features)] are needed, found \(x.shape)")
    let isReLU = activation == .relu
    let result = x.sequencesAsImages().convolution2D(
      weight.reshaped(to: [filters, 1, 1, kernelSize]), bias: bias.map { context[$0] }, window: window,
      groups: features, appliesReLU: isReLU, pools: false
    ).imagesAsSequences()
    return context.regularized(isReLU ? result : activation(result), by: activityRegularizer)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the filter at each output element.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int { outputShape.elementCount * kernelSize }
}
