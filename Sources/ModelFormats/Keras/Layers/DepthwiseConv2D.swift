import NN
import Serialization
import Tensor

// Convolutions that Keras keeps in classes of their own. Their kernels `[kh, kw, C, multiplier]` hold the same numbers
// in the same order as those of a convolution in C groups, `[kh, kw, 1, C · multiplier]`.

extension KerasPart {
  /// `DepthwiseConv2D`: a convolution with a group for each channel.
  static func depthwise(
    _ options: inout KerasOptions, _ inputShape: Shape
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    let channels = try imageChannels(inputShape)
    let multiplier = try options.count("depth_multiplier", default: 1)
    let convolution = Conv2D(
      try filters(channels, multiplier), kernelSize: try options.size("kernel_size"),
      stride: try options.size("strides", default: 1), padding: try options.padding(),
      dilation: try options.size("dilation_rate", default: 1), groups: channels, activation: try options.activation(),
      useBias: try options.bool("use_bias", default: true), l2: options.l2("depthwise_regularizer"))
    try options.requireChannelsLast()
    return [KerasPart(depthwise: convolution, channels: channels, multiplier: multiplier)]
  }

  /// `SeparableConv2D`: a depthwise convolution, then one of single pixels.
  static func separable(
    _ options: inout KerasOptions, _ inputShape: Shape
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    let channels = try imageChannels(inputShape)
    let multiplier = try options.count("depth_multiplier", default: 1)
    let depthwise = Conv2D(
      try filters(channels, multiplier), kernelSize: try options.size("kernel_size"),
      stride: try options.size("strides", default: 1), padding: try options.padding(),
      dilation: try options.size("dilation_rate", default: 1), groups: channels, useBias: false,
      l2: options.l2("depthwise_regularizer"))
    let pointwise = Conv2D(
      try options.count("filters"), kernelSize: 1, activation: try options.activation(),
      useBias: try options.bool("use_bias", default: true), l2: options.l2("pointwise_regularizer"))
    try options.requireChannelsLast()
    return [KerasPart(depthwise: depthwise, channels: channels, multiplier: multiplier), KerasPart(pointwise)]
  }

  private init(depthwise convolution: Conv2D, channels: Int, multiplier: Int) {
    let size = convolution.window.size
    self.init(convolution, firstShape: [size.height, size.width, channels, multiplier])
  }

  private static func imageChannels(_ inputShape: Shape) throws(ModelFileError.Problem) -> Int {
    guard inputShape.rank == 3 else { throw .damaged("an input of shape \(inputShape)") }
    return inputShape[0]
  }

  private static func filters(_ channels: Int, _ multiplier: Int) throws(ModelFileError.Problem) -> Int {
    let (filters, overflow) = channels.multipliedReportingOverflow(by: multiplier)
    if overflow { throw .damaged("a depth multiplier of \(multiplier)") }
    return filters
  }
}
