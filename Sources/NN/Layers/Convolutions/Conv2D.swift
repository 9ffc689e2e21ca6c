import Autograd
import Tensor

/// Two-dimensional convolution: y[n, o, i, j] = f(b[o] + Σ w[o, c, p, q] · x[n, c, i·s + p·d, j·s + q·d]).
///
/// Shapes: input `[N, C, H, W]`, output `[N, filters, oh, ow]`, with `.same` padding oh = ⌈H / stride⌉.
/// The input and the weight are kept for the backward pass, and the output where the activation needs it.
public final class Conv2D: ImageConvolution {
  /// The number of output channels.
  public let filters: Int
  /// The window: kernel size, stride, dilation and padding.
  public let window: Window
  /// The number of groups. Each group sees only its share of the input channels.
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
  /// Whether Winograd's transforms are not used; see `Tensor.convolution2D`.
  public let isExact: Bool
  /// The filters, `[filters, C / groups, kh, kw]`.
  public let weight: Parameter
  /// Added to each output channel, `[filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a convolution; the number of input channels is known when the model is made.
  ///
  /// - Parameters:
  ///   - filters: the number of output channels.
  ///   - kernelSize: height and width of the window.
  ///   - stride: how far the window moves.
  ///   - padding: what surrounds the image.
  ///   - dilation: the distance between neighbouring elements of the window.
  ///   - groups: a divisor of the input channels and of `filters`. With as many groups as input channels, the
  ///     convolution is depthwise.
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
  ///   - isExact: whether to compute without Winograd's transforms: slower, with about one more correct digit.
  public init(
    _ filters: Int, kernelSize: Size, stride: Size = 1, padding: Padding = .valid, dilation: Size = 1,
    groups: Int = 1, activation: Activation = .linear, useBias: Bool = true,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, l2: Float = 0,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil,
    isExact: Bool = false
  ) {
    self.filters = filters
    window = Window(kernelSize, stride: stride, dilation: dilation, padding: padding)
    self.groups = groups
    self.activation = activation
    self.initializer = initializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = Regularizer(kernelRegularizer, l2: l2)
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.isExact = isExact
    weight = Parameter(constraint: kernelConstraint?.over([1, 2, 3]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Conv2D(
      filters, kernelSize: window.size, stride: window.stride, padding: window.padding, dilation: window.dilation,
      groups: groups, activation: activation, useBias: bias != nil,
      initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint,
      isExact: isExact)
  }

  /// Makes the weight for the input's channels, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard filters >= 1, groups >= 1 else {
      throw LayerError(
        inputShape: inputShape, reason: "filters is \(filters) and groups \(groups), at least 1 of each is needed")
    }
    let placement = try window.placement(onImageOf: inputShape)
    let channels = inputShape[0]
    guard channels % groups == 0, filters % groups == 0 else {
      throw LayerError(
        inputShape: inputShape,
        reason:
          "\(counted(channels, "input channel")) and \(counted(filters, "filter")) cannot be divided into "
          + counted(groups, "group")
      )
    }
    let kernel = window.size
    let shape: Shape = [filters, channels / groups, kernel.height, kernel.width]
    try weight.storage.build("weight", shape, for: inputShape) {
      try initializer.values(
        shape, fanIn: channels / groups * kernel.area, fanOut: filters * kernel.area, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [filters, placement.output.height, placement.output.width]
  }

  /// The convolution of a batch `[N, C, H, W]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let result = convolve(x, context, window: window, activation: activation, pools: false)
    return context.regularized(result, by: activityRegularizer)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the filter at each output element.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    outputShape.elementCount * (inputShape[0] / groups) * window.size.area
  }
}
