import Autograd
import Tensor

/// Convolution along the steps of a sequence: y[n, t, o] = f(b[o] + Σ w[o, c, p] · x[n, t·s + p·d, c]).
///
/// Shapes: input `[N, T, F]`, output `[N, ot, filters]`, with `.same` and `.causal` padding and stride 1 ot = T. The input
/// and the weight are kept for the backward pass, and the output where the activation needs it.
public final class Conv1D: Layer, Sendable {
  /// The number of output features.
  public let filters: Int
  /// The number of steps under the window.
  public let kernelSize: Int
  /// How far the window moves.
  public let stride: Int
  /// What surrounds the sequence.
  public let padding: SequencePadding
  /// The distance between neighbouring elements of the window.
  public let dilation: Int
  /// The number of groups. Each group sees only its share of the features.
  public let groups: Int
  /// The function applied to the result.
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
  /// The filters, `[filters, F / groups, kernelSize]`.
  public let weight: Parameter
  /// Added to each output feature, `[filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a convolution; the number of features is known when the model is made.
  ///
  /// - Parameters:
  ///   - filters: the number of output features.
  ///   - kernelSize: the number of steps under the window.
  ///   - stride: how far the window moves.
  ///   - padding: what surrounds the sequence.
  ///   - dilation: the distance between neighbouring elements of the window.
  ///   - groups: a divisor of the features and of `filters`.
  ///   - activation: the function applied to the result.
  ///   - useBias: whether a number is added to each output feature.
  ///   - initializer: how the first value of the weight is chosen.
  ///   - biasInitializer: how the first value of the bias is chosen.
  ///   - l2: the rate λ of the penalty λ Σ w² on the weight, short for `kernelRegularizer: .l2(λ)`.
  ///   - kernelRegularizer: the penalty on the weight.
  ///   - biasRegularizer: the penalty on the bias.
  ///   - activityRegularizer: the penalty on the output.
  ///   - kernelConstraint: what the weight satisfies after each step; norms are those of the filters, unless it has axes.
  ///   - biasConstraint: what the bias satisfies after each step.
  public init(
    _ filters: Int, kernelSize: Int, stride: Int = 1, padding: SequencePadding = .valid, dilation: Int = 1,
    groups: Int = 1, activation: Activation = .linear, useBias: Bool = true,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, l2: Float = 0,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    (self.filters, self.kernelSize, self.stride, self.padding) = (filters, kernelSize, stride, padding)
    (self.dilation, self.groups, self.activation) = (dilation, groups, activation)
    self.initializer = initializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = Regularizer(kernelRegularizer, l2: l2)
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: kernelConstraint?.over([1, 2]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Conv1D(
      filters, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation, groups: groups,
      activation: activation, useBias: bias != nil,
      initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint)
  }

  private var window: Window { Window(overSteps: kernelSize, stride: stride, dilation: dilation, padding: padding) }

  /// Makes the weight for the input's features, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let steps = try window.steps(onSequenceOf: inputShape)
    let features = inputShape[1]
    guard filters >= 1, groups >= 1, features % groups == 0, filters % groups == 0 else {
      throw LayerError(
        inputShape: inputShape,
        reason:
          "\(counted(features, "feature")) and \(counted(filters, "filter")) cannot be divided into \(counted(groups, "group"))"
      )
    }
    let shape: Shape = [filters, features / groups, kernelSize]
    try weight.storage.build("weight", shape, for: inputShape) {
      try initializer.values(
        shape, fanIn: features / groups * kernelSize, fanOut: filters * kernelSize, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [steps, filters]
  }

  /// The convolution of a batch `[N, T, F]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let weight = context[weight]
    let features = weight.shape[1] * groups
    require(
      x.shape.rank == 3 && x.shape[2] == features, "Conv1D: inputs [N, T, \(features)] are needed, found \(x.shape)")
    let isReLU = activation == .relu
    let result = x.sequencesAsImages().convolution2D(
      weight.reshaped(to: [filters, weight.shape[1], 1, kernelSize]), bias: bias.map { context[$0] }, window: window,
      groups: groups, appliesReLU: isReLU, pools: false
    ).imagesAsSequences()
    return context.regularized(isReLU ? result : activation(result), by: activityRegularizer)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the filter at each output element.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    outputShape.elementCount * (inputShape[1] / groups) * kernelSize
  }
}
