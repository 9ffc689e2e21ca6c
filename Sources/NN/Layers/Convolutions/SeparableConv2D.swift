import Autograd
import Tensor

/// A depthwise convolution, then one of single pixels that mixes the channels (Chollet 2017).
///
/// Shapes: input `[N, C, H, W]`, output `[N, filters, oh, ow]`. The input, what stands between the convolutions and the weights
/// are kept for the backward pass, and the output where the activation needs it.
public final class SeparableConv2D: Layer, Sendable {
  /// The number of output channels.
  public let filters: Int
  /// The window of the depthwise convolution: kernel size, stride, dilation and padding.
  public let window: Window
  /// M, the number of depthwise filters for each channel.
  public let depthMultiplier: Int
  /// The function applied to the result.
  public let activation: Activation
  /// How the first value of the depthwise weight is chosen.
  public let depthwiseInitializer: Initializer
  /// How the first value of the pointwise weight is chosen.
  public let pointwiseInitializer: Initializer
  /// How the first value of the bias is chosen.
  public let biasInitializer: Initializer
  /// The penalty on the depthwise weight; `nil` for none.
  public let depthwiseRegularizer: Regularizer?
  /// The penalty on the pointwise weight; `nil` for none.
  public let pointwiseRegularizer: Regularizer?
  /// The penalty on the bias; `nil` for none.
  public let biasRegularizer: Regularizer?
  /// The penalty on the output, behind the activation; `nil` for none.
  public let activityRegularizer: Regularizer?
  /// The filters of each channel, `[C · M, 1, kh, kw]`.
  public let depthwiseWeight: Parameter
  /// The filters of single pixels, `[filters, C · M, 1, 1]`.
  public let pointwiseWeight: Parameter
  /// Added to each output channel, `[filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a separable convolution; the number of channels is known when the model is made.
  ///
  /// - Parameters:
  ///   - filters: the number of output channels.
  ///   - kernelSize: height and width of the window.
  ///   - stride: how far the window moves.
  ///   - padding: what surrounds the image.
  ///   - depthMultiplier: the number of depthwise filters for each channel.
  ///   - dilation: the distance between neighbouring elements of the window.
  ///   - activation: the function applied to the result.
  ///   - useBias: whether a number is added to each output channel.
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
    _ filters: Int, kernelSize: Size, stride: Size = 1, padding: Padding = .valid, depthMultiplier: Int = 1,
    dilation: Size = 1, activation: Activation = .linear, useBias: Bool = true,
    depthwiseInitializer: Initializer = .glorotUniform, pointwiseInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, depthwiseRegularizer: Regularizer? = nil,
    pointwiseRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, depthwiseConstraint: Constraint? = nil,
    pointwiseConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    self.filters = filters
    window = Window(kernelSize, stride: stride, dilation: dilation, padding: padding)
    self.depthMultiplier = depthMultiplier
    self.activation = activation
    (self.depthwiseInitializer, self.pointwiseInitializer) = (depthwiseInitializer, pointwiseInitializer)
    self.biasInitializer = biasInitializer
    (self.depthwiseRegularizer, self.pointwiseRegularizer) = (depthwiseRegularizer, pointwiseRegularizer)
    (self.biasRegularizer, self.activityRegularizer) = (biasRegularizer, activityRegularizer)
    depthwiseWeight = Parameter(constraint: depthwiseConstraint?.over([2, 3]))
    pointwiseWeight = Parameter(constraint: pointwiseConstraint?.over([1, 2, 3]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    SeparableConv2D(
      filters, kernelSize: window.size, stride: window.stride, padding: window.padding,
      depthMultiplier: depthMultiplier, dilation: window.dilation, activation: activation, useBias: bias != nil,
      depthwiseInitializer: depthwiseInitializer, pointwiseInitializer: pointwiseInitializer,
      biasInitializer: biasInitializer, depthwiseRegularizer: depthwiseRegularizer,
      pointwiseRegularizer: pointwiseRegularizer, biasRegularizer: biasRegularizer,
      activityRegularizer: activityRegularizer, depthwiseConstraint: depthwiseWeight.constraint,
      pointwiseConstraint: pointwiseWeight.constraint, biasConstraint: bias?.constraint)
  }

  /// Makes the weights for the input's channels, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard filters >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "filters is \(filters), at least 1 is needed")
    }
    let placement = try window.placement(onImageOf: inputShape)
    let (channels, kernel) = (inputShape[0], window.size)
    let middle = try depthwiseFilters(depthMultiplier, inputShape)
    let depthwise: Shape = [middle, 1, kernel.height, kernel.width]
    try depthwiseWeight.storage.build("depthwiseWeight", depthwise, for: inputShape) {
      try depthwiseValues(depthwiseInitializer, channels, depthMultiplier, kernel, using: &generator)
    }
    let pointwise: Shape = [filters, middle, 1, 1]
    try pointwiseWeight.storage.build("pointwiseWeight", pointwise, for: inputShape) {
      try pointwiseInitializer.values(pointwise, fanIn: middle, fanOut: filters, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [filters, placement.output.height, placement.output.width]
  }

  /// The convolution of a batch `[N, C, H, W]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let channels = depthwiseWeight.value.shape[0] / depthMultiplier
    require(
      x.shape.rank == 4 && x.shape[1] == channels,
      "SeparableConv2D: inputs [N, \(channels), H, W] are needed, found \(x.shape)")
    let isReLU = activation == .relu
    let result = x.convolution2D(context[depthwiseWeight], window: window, groups: channels)
      .convolution2D(
        context[pointwiseWeight], bias: bias.map { context[$0] }, window: Window(1), appliesReLU: isReLU, pools: false)
    return context.regularized(isReLU ? result : activation(result), by: activityRegularizer)
  }

  /// The penalties on weights and bias.
  public var penalties: [WeightPenalty] {
    WeightPenalty.all(
      (depthwiseWeight, depthwiseRegularizer), (pointwiseWeight, pointwiseRegularizer), (bias, biasRegularizer))
  }

  /// One for each element of the filters at each output pixel.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    outputShape[1] * outputShape[2] * inputShape[0] * depthMultiplier * (window.size.area + filters)
  }
}
