import Autograd
import Tensor

/// Transposed convolution along the steps of a sequence: each step of the input adds a filter times itself to the output, the
/// filters `stride` apart. It makes sequences longer where a ``Conv1D`` makes them shorter.
///
/// Shapes: input `[N, T, F]`, output `[N, ot, filters]`. With k = dilation · (kernelSize - 1) + 1 and without `outputPadding`,
/// ot = T · stride with `.same` padding, and (T - 1) · stride + max(k, stride) with `.valid`, as in Keras. The input and the
/// weight are kept for the backward pass, and the output where the activation needs it.
public final class Conv1DTranspose: Layer, Sendable {
  /// The number of output features.
  public let filters: Int
  /// The number of steps under the window.
  public let kernelSize: Int
  /// How far the filters of neighbouring steps lie apart.
  public let stride: Int
  /// Which steps of the full result are cut off.
  public let padding: SequencePadding
  /// The steps that are added at the end; `nil` for what `padding` needs.
  public let outputPadding: Int?
  /// The distance between neighbouring elements of the window.
  public let dilation: Int
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
  /// The filters, `[F, filters, kernelSize]`.
  public let weight: Parameter
  /// Added to each output feature, `[filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a transposed convolution; the number of features is known when the model is made.
  ///
  /// - Parameters:
  ///   - filters: the number of output features.
  ///   - kernelSize: the number of steps under the window.
  ///   - stride: how far the filters of neighbouring steps lie apart.
  ///   - padding: `.valid` for the full result, `.same` for `stride` times the steps of the input; `.causal` is refused.
  ///   - outputPadding: steps that are added at the end, fewer than the stride: with `.valid` to the full result, with `.same`
  ///     to (T - 1) · stride + k mod 2 steps. By default what the padding needs.
  ///   - dilation: the distance between neighbouring elements of the window.
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
    _ filters: Int, kernelSize: Int, stride: Int = 1, padding: SequencePadding = .valid, outputPadding: Int? = nil,
    dilation: Int = 1, activation: Activation = .linear, useBias: Bool = true,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, l2: Float = 0,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    (self.filters, self.kernelSize, self.stride, self.padding) = (filters, kernelSize, stride, padding)
    (self.outputPadding, self.dilation, self.activation) = (outputPadding, dilation, activation)
    self.initializer = initializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = Regularizer(kernelRegularizer, l2: l2)
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: kernelConstraint?.over([0, 2]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Conv1DTranspose(
      filters, kernelSize: kernelSize, stride: stride, padding: padding, outputPadding: outputPadding,
      dilation: dilation, activation: activation, useBias: bias != nil,
      initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint)
  }

  /// Makes the weight for the input's features, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, F] is needed")
    }
    guard filters >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "filters is \(filters), at least 1 is needed")
    }
    guard padding != .causal, let placement = placement(onSteps: inputShape[0]) else {
      throw LayerError(
        inputShape: inputShape,
        reason:
          "filters of \(kernelSize) with stride \(stride), dilation \(dilation), padding \(padding) and output padding "
          + "\(outputPadding.map { "\($0)" } ?? "of its own") leave no output, the output padding is not below the stride, "
          + "or the padding is causal")
    }
    let features = inputShape[1]
    let shape: Shape = [features, filters, kernelSize]
    try weight.storage.build("weight", shape, for: inputShape) {
      try initializer.values(shape, fanIn: filters * kernelSize, fanOut: features * kernelSize, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [placement.output.width, filters]
  }

  /// The transposed convolution of a batch `[N, T, F]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let weight = context[weight]
    let features = weight.shape[0]
    require(
      x.shape.rank == 3 && x.shape[2] == features,
      "Conv1DTranspose: inputs [N, T, \(features)] are needed, found \(x.shape)")
    guard let placement = placement(onSteps: x.shape[1]) else {
      stop("Conv1DTranspose: inputs \(x.shape) leave no output")
    }
    let result = x.sequencesAsImages().transposedConvolution2D(
      weight.reshaped(to: [features, filters, 1, kernelSize]), outputSize: placement.output, window: placement.window
    ).imagesAsSequences()
    let sum = bias.map { result + context[$0] } ?? result
    return context.regularized(activation(sum), by: activityRegularizer)
  }

  /// The sequence as an image of one row.
  private func placement(onSteps count: Int) -> TransposedPlacement? {
    TransposedPlacement(
      Window(overSteps: kernelSize, stride: stride, dilation: dilation, padding: padding),
      outputPadding.map { Size(height: 0, width: $0) }, height: 1, width: count)
  }

  /// The number of steps of the output, and how many of its first ones are cut off; `nil` if none is left.
  package func placement(onSequenceOf inputShape: Shape) -> (steps: Int, start: Int)? {
    guard let placement = placement(onSteps: inputShape[0]),
      case .explicit(_, _, let start, _) = placement.window.padding
    else { return nil }
    return (placement.output.width, start)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the filters at each step of the input.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    inputShape.elementCount * filters * kernelSize
  }
}
