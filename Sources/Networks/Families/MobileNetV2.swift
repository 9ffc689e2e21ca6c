import NN
import Tensor

extension Model {
  /// MobileNetV2: residual blocks that are narrow at their ends and wide inside, without an activation at the ends.
  ///
  /// Mark Sandler, Andrew Howard, Menglong Zhu, Andrey Zhmoginov and Liang-Chieh Chen, *MobileNetV2: Inverted Residuals and
  /// Linear Bottlenecks*, CVPR 2018, arXiv 1801.04381, table 2. Graph and names are those of Keras's `MobileNetV2`. Pixels:
  /// ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - alpha: the factor for the number of channels, the paper's width multiplier. The last convolution has at least 1280.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small, or an `alpha` that is not above 0; `LayerError` for a number of
  ///   classes below 1.
  public static func mobileNetV2(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, alpha: Double = 1, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    try requireWidth(alpha)
    var size = inputShape.imageSize.halved
    var channels = channelCount(32 * alpha)
    var x = Conv2D(channels, kernelSize: 3, stride: 2, padding: .same, useBias: false)(image, name: "Conv1")
    x = ReLU(maximum: 6)(normalized(x, name: "bn_Conv1"), name: "Conv1_relu")
    var number = 0
    for stage in stages {
      // Rounded down first, as Keras does.
      let filters = channelCount(Double(Int(Double(stage.channels) * alpha)))
      for block in 0..<stage.blocks {
        let stride = block == 0 ? stage.stride : 1
        x = invertedResidual(
          x, channels: channels, expansion: stage.expansion, filters: filters, stride: stride, size: size,
          prefix: number == 0 ? "expanded_conv_" : "block_\(number)_")
        channels = filters
        if stride == 2 { size = size.halved }
        number += 1
      }
    }
    x = Conv2D(max(1280, channelCount(1280 * alpha)), kernelSize: 1, useBias: false)(x, name: "Conv_1")
    x = ReLU(maximum: 6)(normalized(x, name: "Conv_1_bn"), name: "out_relu")
    return try Model(
      input: image, output: head(x, classes: classes, pool: "global_average_pooling2d", names: .long), seed: seed)
  }
}

/// The paper's t, c, n and s: the factor inside the blocks, the channels behind them, the number of blocks, and the stride of
/// the first.
private let stages: [(expansion: Int, channels: Int, blocks: Int, stride: Int)] = [
  (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
]

/// A convolution of single pixels to many channels, one of each channel by itself, and one of single pixels to few channels;
/// and the input added to them where it has the same shape.
private func invertedResidual(
  _ x: SymbolicValue, channels: Int, expansion: Int, filters: Int, stride: Int, size: Size, prefix: String
) -> SymbolicValue {
  var y = x
  if expansion > 1 {
    y = Conv2D(expansion * channels, kernelSize: 1, padding: .same, useBias: false)(y, name: "\(prefix)expand")
    y = ReLU(maximum: 6)(normalized(y, name: "\(prefix)expand_BN"), name: "\(prefix)expand_relu")
  }
  if stride == 2 { y = ZeroPad2D(halving: size, kernelSize: 3)(y, name: "\(prefix)pad") }
  y = DepthwiseConv2D(kernelSize: 3, stride: Size(stride), padding: stride == 1 ? .same : .valid, useBias: false)(
    y, name: "\(prefix)depthwise")
  y = ReLU(maximum: 6)(normalized(y, name: "\(prefix)depthwise_BN"), name: "\(prefix)depthwise_relu")
  y = Conv2D(filters, kernelSize: 1, padding: .same, useBias: false)(y, name: "\(prefix)project")
  y = normalized(y, name: "\(prefix)project_BN")
  return stride == 1 && channels == filters ? Add()([x, y], name: "\(prefix)add") : y
}

private func normalized(_ x: SymbolicValue, name: String) -> SymbolicValue {
  BatchNorm(momentum: 0.999)(x, name: name)
}
