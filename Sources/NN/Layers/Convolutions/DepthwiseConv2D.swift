import Autograd
import Tensor

/// Two-dimensional convolution of each channel by filters of its own, which mixes no channels:
/// y[n, c·M + m, i, j] = f(b[c·M + m] + Σ w[c·M + m, p, q] · x[n, c, i·s + p·d, j·s + q·d]) with M filters for each channel.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C · M, oh, ow]`. The input and the weight are kept for the backward pass, and
/// the output where the activation needs it.
public final class DepthwiseConv2D: ImageConvolution {
  /// The window: kernel size, stride, dilation and padding.
  public let window: Window
  /// M, the number of filters for each channel.
  public let depthMultiplier: Int
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
  /// The filters, `[C · M, 1, kh, kw]`.
  public let weight: Parameter
  /// Added to each output channel, `[C · M]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a convolution; the number of channels is known when the model is made.
  ///
  /// - Parameters:
  ///   - kernelSize: height and width of the window.
  ///   - stride: how far the window moves.
  ///   - padding: what surrounds the image.
  ///   - depthMultiplier: the number of filters for each channel.
  ///   - dilation: the distance between neighbouring elements of the window.
  ///   - activation: the function applied to the result.
  ///   - useBias: whether a number is added to each output channel.
  ///   - initializer: how the first value of the weight is chosen.
  ///   - biasInitializer: how the first value of the bias is chosen.
  ///   - l2: the rate λ of the penalty λ Σ w² on the weight, short for `kernelRegularizer: .l2(λ)`.
  ///   - kernelRegularizer: the penalty on the weight.
  ///   - biasRegularizer: the penalty on the bias.
  ///   - activityRegularizer: the penalty on the output.
  ///   - kernelConstraint: what the weight satisfies after each step; norms are those of the filters, unless it has axes.
  ///   - biasConstraint: what the bias satisfies after each step.
  public init(
    kernelSize: Size, stride: Size = 1, padding: Padding = .valid, depthMultiplier: Int = 1, dilation: Size = 1,
    activation: Activation = .linear, useBias: Bool = true, initializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, l2: Float = 0,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    window = Window(kernelSize, stride: stride, dilation: dilation, padding: padding)
    self.depthMultiplier = depthMultiplier
    self.activation = activation
    self.initializer = initializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = Regularizer(kernelRegularizer, l2: l2)
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: kernelConstraint?.over([2, 3]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    DepthwiseConv2D(
      kernelSize: window.size, stride: window.stride, padding: window.padding, depthMultiplier: depthMultiplier,
      dilation: window.dilation, activation: activation, useBias: bias != nil,
      initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint)
  }

  /// Makes the weight for the input's channels, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let placement = try window.placement(onImageOf: inputShape)
    let (channels, kernel) = (inputShape[0], window.size)
    let filters = try depthwiseFilters(depthMultiplier, inputShape)
    let shape: Shape = [filters, 1, kernel.height, kernel.width]
    try weight.storage.build("weight", shape, for: inputShape) {
      try depthwiseValues(initializer, channels, depthMultiplier, kernel, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [filters, placement.output.height, placement.output.width]
  }

  /// As many as channels.
  package var groups: Int { weight.value.shape[0] / depthMultiplier }

  /// Winograd's transforms do not fit a filter for each channel.
  package var isExact: Bool { false }

  /// The convolution of a batch `[N, C, H, W]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let result = convolve(x, context, window: window, activation: activation, pools: false)
    return context.regularized(result, by: activityRegularizer)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the filter at each output element.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    outputShape.elementCount * window.size.area
  }
}

/// The number of filters of a depthwise convolution.
func depthwiseFilters(_ multiplier: Int, _ inputShape: Shape) throws -> Int {
  let (filters, overflows) = inputShape[0].multipliedReportingOverflow(by: multiplier)
  guard multiplier >= 1, !overflows else {
    throw LayerError(inputShape: inputShape, reason: "\(multiplier) filters for each channel are not possible")
  }
  return filters
}

/// The first values of depthwise filters, `[C · M, 1, kh, kw]`. Orthogonal vectors are those of Keras's matrix
/// `[kh · kw · C, M]`.
func depthwiseValues(
  _ initializer: Initializer, _ channels: Int, _ multiplier: Int, _ kernel: Size, using generator: inout RandomGenerator
) throws -> Tensor<Float> {
  let (fanIn, fanOut) = (channels * kernel.area, multiplier * kernel.area)
  let shape: Shape = [channels * multiplier, 1, kernel.height, kernel.width]
  guard case .orthogonal = initializer else {
    return try initializer.values(shape, fanIn: fanIn, fanOut: fanOut, using: &generator)
  }
  return try initializer.values([fanIn, multiplier], fanIn: fanIn, fanOut: fanOut, using: &generator)
    .reshaped(to: [kernel.height, kernel.width, channels, multiplier]).permuted([2, 3, 0, 1]).contiguous()
    .reshaped(to: shape)
}
