import Autograd
import Tensor

/// Two-dimensional transposed convolution: each element of the input adds a filter times itself to the output, the
/// filters `stride` apart. It makes images larger where a ``Conv2D`` makes them smaller.
///
/// Shapes: input `[N, C, H, W]`, output `[N, filters, oh, ow]`. With k = dilation · (kernelSize - 1) + 1 and without
/// `outputPadding`, oh = H · stride with `.same` padding, and (H - 1) · stride + max(k, stride) with `.valid`, as in Keras. The
/// input and the weight are kept for the backward pass, and the output where the activation needs it.
public final class Conv2DTranspose: Layer, Sendable {
  /// The number of output channels.
  public let filters: Int
  /// Kernel size, stride and dilation, and which rows and columns of the full result are cut off.
  public let window: Window
  /// The rows and columns that are added at the bottom and right; `nil` for what `padding` needs.
  public let outputPadding: Size?
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
  /// The filters, `[C, filters, kh, kw]`.
  public let weight: Parameter
  /// Added to each output channel, `[filters]`; `nil` for none.
  public let bias: Parameter?

  /// Makes a transposed convolution; the number of input channels is known when the model is made.
  ///
  /// - Parameters:
  ///   - filters: the number of output channels.
  ///   - kernelSize: height and width of the filters.
  ///   - stride: how far the filters of neighbouring elements lie apart.
  ///   - padding: `.valid` for the full result, `.same` for `stride` times the size of the input; explicit numbers of rows and
  ///     columns are cut off the full result.
  ///   - outputPadding: rows and columns that are added at the bottom and right, fewer than the stride: with `.valid` to the
  ///     full result, with `.same` to (H - 1) · stride + k mod 2 rows. By default what the padding needs.
  ///   - dilation: the distance between neighbouring elements of the filter.
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
    _ filters: Int, kernelSize: Size, stride: Size = 1, padding: Padding = .valid, outputPadding: Size? = nil,
    dilation: Size = 1, activation: Activation = .linear, useBias: Bool = true,
    initializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros, l2: Float = 0,
    kernelRegularizer: Regularizer? = nil, biasRegularizer: Regularizer? = nil,
    activityRegularizer: Regularizer? = nil, kernelConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    self.filters = filters
    window = Window(kernelSize, stride: stride, dilation: dilation, padding: padding)
    self.outputPadding = outputPadding
    self.activation = activation
    self.initializer = initializer
    self.biasInitializer = biasInitializer
    self.kernelRegularizer = Regularizer(kernelRegularizer, l2: l2)
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    weight = Parameter(constraint: kernelConstraint?.over([0, 2, 3]))
    bias = useBias ? Parameter(constraint: biasConstraint) : nil
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    Conv2DTranspose(
      filters, kernelSize: window.size, stride: window.stride, padding: window.padding, outputPadding: outputPadding,
      dilation: window.dilation, activation: activation, useBias: bias != nil,
      initializer: initializer, biasInitializer: biasInitializer,
      kernelRegularizer: kernelRegularizer, biasRegularizer: biasRegularizer, activityRegularizer: activityRegularizer,
      kernelConstraint: weight.constraint, biasConstraint: bias?.constraint)
  }

  /// Makes the weight for the input's channels, unless the layer is built already.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    guard filters >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "filters is \(filters), at least 1 is needed")
    }
    guard let placement = TransposedPlacement(window, outputPadding, height: inputShape[1], width: inputShape[2])
    else {
      throw LayerError(
        inputShape: inputShape,
        reason: "filters of \(window.size) with stride \(window.stride), dilation \(window.dilation), padding "
          + "\(window.padding) and output padding \(outputPadding.map { "\($0)" } ?? "of its own") leave no output, or "
          + "the output padding is not below the stride")
    }
    let (channels, kernel) = (inputShape[0], window.size)
    let shape: Shape = [channels, filters, kernel.height, kernel.width]
    try weight.storage.build("weight", shape, for: inputShape) {
      try initializer.values(shape, fanIn: filters * kernel.area, fanOut: channels * kernel.area, using: &generator)
    }
    try bias?.buildBias(filters, biasInitializer, for: inputShape, using: &generator)
    return [filters, placement.output.height, placement.output.width]
  }

  /// The transposed convolution of a batch `[N, C, H, W]`.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let weight = context[weight]
    require(
      x.shape.rank == 4 && x.shape[1] == weight.shape[0],
      "Conv2DTranspose: inputs [N, \(weight.shape[0]), H, W] are needed, found \(x.shape)")
    guard let placement = TransposedPlacement(window, outputPadding, height: x.shape[2], width: x.shape[3]) else {
      stop("Conv2DTranspose: inputs \(x.shape) leave no output")
    }
    let result = x.transposedConvolution2D(weight, outputSize: placement.output, window: placement.window)
    let sum = bias.map { result + context[$0].reshaped(to: [filters, 1, 1]) } ?? result
    return context.regularized(activation(sum), by: activityRegularizer)
  }

  /// The size of the output on an image, and how many of its first rows and columns are cut off; `nil` if none is left.
  package func placement(onImageOf inputShape: Shape) -> (output: Size, top: Int, left: Int)? {
    guard let placement = TransposedPlacement(window, outputPadding, height: inputShape[1], width: inputShape[2]),
      case .explicit(let top, _, let left, _) = placement.window.padding
    else { return nil }
    return (placement.output, top, left)
  }

  /// The penalties on weight and bias.
  public var penalties: [WeightPenalty] { WeightPenalty.all((weight, kernelRegularizer), (bias, biasRegularizer)) }

  /// One for each element of the filters at each input element.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    inputShape.elementCount * filters * window.size.area
  }
}
