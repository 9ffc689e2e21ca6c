import NN
import Serialization
import Tensor

// Convolutions that Keras keeps in classes of their own. Their kernels `[kh, kw, C, multiplier]` hold the same numbers
// in the same order as those of a convolution in C groups, `[kh, kw, 1, C · multiplier]`.

extension KerasPart {
  /// The axes of the weight that Keras's first two are. A norm over one of the two others, channels and multiplier, has no
  /// counterpart: both are one axis here.
  private static let depthwiseAxes: [Int?] = [2, 3, nil, nil]

  /// `DepthwiseConv2D`: a convolution with a group for each channel.
  static func depthwise(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    let channels = try imageChannels(input)
    let multiplier = try options.count("depth_multiplier", default: 1)
    let convolution = Conv2D(
      try filters(channels, multiplier), kernelSize: try options.size("kernel_size"),
      stride: try options.size("strides", default: 1), padding: try options.padding(),
      dilation: try options.size("dilation_rate", default: 1), groups: channels,
      activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("depthwise_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("depthwise_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("depthwise_constraint", axes: depthwiseAxes),
      biasConstraint: options.constraint("bias_constraint"))
    try options.requireChannelsLast()
    return [
      KerasPart(depthwise: convolution, channels: channels, multiplier: multiplier, alsoNamed: names(for: "bias"))
    ]
  }

  /// `SeparableConv2D`: a depthwise convolution, then one of single pixels.
  static func separable(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    let channels = try imageChannels(input)
    let multiplier = try options.count("depth_multiplier", default: 1)
    let depthwise = Conv2D(
      try filters(channels, multiplier), kernelSize: try options.size("kernel_size"),
      stride: try options.size("strides", default: 1), padding: try options.padding(),
      dilation: try options.size("dilation_rate", default: 1), groups: channels, useBias: false,
      initializer: options.initializer("depthwise_initializer"),
      kernelRegularizer: options.regularizer("depthwise_regularizer"),
      kernelConstraint: options.constraint("depthwise_constraint", axes: depthwiseAxes))
    let pointwise = Conv2D(
      try options.count("filters"), kernelSize: 1, activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("pointwise_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("pointwise_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("pointwise_constraint", axes: Conv2D.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
    try options.requireChannelsLast()
    return [
      KerasPart(depthwise: depthwise, channels: channels, multiplier: multiplier),
      KerasPart(pointwise, optionNames: names(for: "pointwise").merging(names(for: "bias")) { $1 }),
    ]
  }

  private init(
    depthwise convolution: Conv2D, channels: Int, multiplier: Int, alsoNamed names: [String: String] = [:]
  ) {
    let size = convolution.window.size
    self.init(
      convolution, firstShape: [size.height, size.width, channels, multiplier],
      optionNames: Self.names(for: "depthwise").merging(names) { $1 })
  }

  /// The options of `Conv2D` for its kernel or its bias, and what they are called in the other class.
  private static func names(for variable: String) -> [String: String] {
    let target = variable == "bias" ? "bias" : "kernel"
    let kinds = ["initializer", "regularizer", "constraint"].map { ("\(target)_\($0)", "\(variable)_\($0)") }
    let activity = variable == "bias" ? [("activity_regularizer", "activity_regularizer")] : []
    return Dictionary(kinds + activity) { $1 }
  }

  private static func imageChannels(_ input: KerasInput) throws(ModelFileError.Problem) -> Int {
    guard input.rank == 3 else { throw .damaged("an input of shape \(input.kerasShape), where an image is needed") }
    return input.shape[0]
  }

  private static func filters(_ channels: Int, _ multiplier: Int) throws(ModelFileError.Problem) -> Int {
    let (filters, overflow) = channels.multipliedReportingOverflow(by: multiplier)
    if overflow { throw .damaged("a depth multiplier of \(multiplier)") }
    return filters
  }
}
