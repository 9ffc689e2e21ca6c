import Autograd
import Tensor

/// Three-dimensional convolution (cross-correlation) of volumes, which are images in a sequence:
/// y[n, i, o, j, k] = f(b[o] + Σ w[o, c, p, q, r] · x[n, i·s + p·d, c, j·s + q·d, k·s + r·d]).
///
/// Shapes: input `[N, D, C, H, W]`, output `[N, od, filters, oh, ow]`. It is computed as a convolution of images whose
/// channels are those of all images under the filter, which are kept for the backward pass with the weight.
public final class Conv3D: Layer, Sendable {
  /// The number of output channels.
  public let filters: Int
  /// Depth, height and width of the filter.
  public let kernelSize: VolumeSize
  /// How far the filter moves.
  public let stride: VolumeSize
  /// What surrounds the volume.
  public let padding: VolumePadding
  /// The distance between the elements under the filter.
  public let dilation: VolumeSize
  /// The number of groups that the channels are divided into; each has filters of its own.
  public let groups: Int
  /// f.
  public let activation: Activation
  /// How the first values of the weight and the bias are chosen.
  public let initializer, biasInitializer: Initializer
  /// The penalties on the weight, the bias, and the output behind the activation; `nil` for none.
  public let kernelRegularizer, biasRegularizer, activityRegularizer: Regularizer?
  /// The filters, `[filters, C / groups, depth, height, width]`.
  public let weight: Parameter
  /// Added to each channel of the output, `[filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a convolution; the number of channels is known when the model is made.
  ///
  /// - Parameters:
  ///   - filters: the number of output channels.
  ///   - kernelSize: depth, height and width of the window.
  ///   - stride: how far the window moves.
  ///   - padding: what surrounds the volume.
  ///   - dilation: the distance between neighbouring elements of the window.
  ///   - groups: a divisor of the input channels and of `filters`.
  ///   - activation: the function applied to the result.
  ///   - useBias: whether a number is added to each output channel.
  ///   - initializer: how the first value of the weight is chosen.
  ///   - biasInitializer: how the first value of the bias is chosen.
  ///   - kernelRegularizer: the penalty on the weight.
  ///   - biasRegularizer: the penalty on the bias.
  ///   - activityRegularizer: the penalty on the output.
  ///   - kernelConstraint: what the weight satisfies after each step; norms are those of the filters, unless it has axes.
  ///   - biasConstraint: what the bias satisfies after each step.
  public init(
    _ filters: Int, kernelSize: VolumeSize, stride: VolumeSize = 1, padding: VolumePadding = .valid,
    dilation: VolumeSize = 1, groups: Int = 1, activation: Activation = .linear, useBias: Bool = true,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    (self.filters, self.kernelSize, self.stride, self.padding) = (filters, kernelSize, stride, padding)
    (self.dilation, self.groups, self.activation) = (dilation, groups, activation)
    (self.initializer, self.biasInitializer) = (initializer, biasInitializer)
    (self.kernelRegularizer, self.biasRegularizer) = (kernelRegularizer, biasRegularizer)
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: kernelConstraint?.over([1, 2, 3, 4]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Conv3D(
      filters, kernelSize: kernelSize, stride: stride, padding: padding, dilation: dilation, groups: groups,
      activation: activation, useBias: bias != nil, initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint)
  }

  package var window: VolumeWindow {
    VolumeWindow(kernelSize, stride: stride, dilation: dilation, padding: padding)
  }

  /// Makes the weight for the input's channels.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let output = try window.output(onVolumeOf: inputShape)
    let channels = inputShape[1]
    guard filters >= 1, groups >= 1, channels % groups == 0, filters % groups == 0 else {
      throw LayerError(
        inputShape: inputShape,
        reason: "\(counted(channels, "channel")) and \(counted(filters, "filter")) cannot be divided into "
          + counted(groups, "group"))
    }
    let shape: Shape = [filters, channels / groups, kernelSize.depth, kernelSize.height, kernelSize.width]
    try weight.storage.build("weight", shape, for: inputShape) {
      try initializer.values(
        shape, fanIn: channels / groups * kernelSize.count, fanOut: filters * kernelSize.count, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [output.depth, filters, output.height, output.width]
  }

  /// The convolution of a batch `[N, D, C, H, W]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let weight = context[weight]
    let (channels, shape) = (weight.shape[1] * groups, x.shape)
    guard shape.rank == 5, shape[2] == channels,
      let output = try? window.output(onVolumeOf: Shape(shape.dropFirst()))
    else { stop("Conv3D: inputs [N, D, \(channels), H, W] that the filter fits into are needed, found \(shape)") }
    let margin = window.margin(onDepth: shape[1], output: output.depth)
    let padded =
      margin == (0, 0) ? x : x.padded([(0, 0), (margin.before, margin.after), (0, 0), (0, 0), (0, 0)])
    // The images under each row of filters, beside each other for each channel, so that groups stay together.
    let taps = (0..<kernelSize.depth).map { tap in
      let start = tap * dilation.depth
      return padded.slice(start..<start + (output.depth - 1) * stride.depth + 1, axis: 1, step: stride.depth)
    }
    let images = Variable(stacking: taps, axis: 3)
      .reshaped(to: [shape[0] * output.depth, channels * kernelSize.depth, shape[3], shape[4]])
    let filter = weight.reshaped(
      to: [filters, weight.shape[1] * kernelSize.depth, kernelSize.height, kernelSize.width])
    let isReLU = activation == .relu
    let result = images.convolution2D(
      filter, bias: bias.map { context[$0] }, window: window.ofImage, groups: groups, appliesReLU: isReLU, pools: false
    ).reshaped(to: [shape[0], output.depth, filters, output.height, output.width])
    return context.regularized(isReLU ? result : activation(result), by: activityRegularizer)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the filter at each output element.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    outputShape.elementCount * (inputShape[1] / groups) * kernelSize.count
  }
}
