import NN
import Tensor

extension Model {
  /// MobileNet: depthwise convolutions, each followed by one of single pixels.
  ///
  /// Andrew G. Howard et al., *MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications*, 2017,
  /// arXiv 1704.04861, table 1. Graph and names are those of Keras's `MobileNet`. Pixels: ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - alpha: the factor for the number of all channels, the paper's width multiplier.
  ///   - depthMultiplier: the number of depthwise filters for each channel.
  ///   - dropout: the rate of the dropout before the classifier.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small, or an `alpha` that is not above 0; `LayerError` naming the layer
  ///   for the other numbers.
  public static func mobileNet(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, alpha: Double = 1, depthMultiplier: Int = 1,
    dropout: Float = 1e-3, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    try requireWidth(alpha)
    func channels(_ count: Int) -> Int { Int(Double(count) * alpha) }
    var x = Conv2D(channels(32), kernelSize: 3, stride: 2, padding: .same, useBias: false)(image, name: "conv1")
    x = normalizedReLU6(x, name: "conv1")
    for (index, (filters, stride)) in blocks.enumerated() {
      x = depthwiseSeparable(
        x, filters: channels(filters), stride: stride, depthMultiplier: depthMultiplier, number: index + 1)
    }
    let output = head(x, names: .long) { x, activation in
      var y = GlobalAveragePool2D(keepsAxes: true)(x, name: "global_average_pooling2d")
      y = Dropout(dropout)(y, name: "dropout")
      y = Conv2D(classes, kernelSize: 1, padding: .same)(y, name: "conv_preds")
      y = Reshape([classes], order: .channelsLast)(y, name: "reshape_2")
      return ActivationLayer(activation)(y, name: "predictions")
    }
    return try Model(input: image, output: output, seed: seed)
  }
}

/// The number of channels behind each block, and its stride.
private let blocks = [
  (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
  (1024, 2),
  (1024, 1),
]

/// A convolution of each channel by itself, and one of single pixels that mixes the channels.
private func depthwiseSeparable(
  _ x: SymbolicValue, filters: Int, stride: Int, depthMultiplier: Int, number: Int
) -> SymbolicValue {
  var x = x
  if stride > 1 { x = ZeroPad2D(top: 0, bottom: 1, left: 0, right: 1)(x, name: "conv_pad_\(number)") }
  x = DepthwiseConv2D(
    kernelSize: 3, stride: Size(stride), padding: stride == 1 ? .same : .valid, depthMultiplier: depthMultiplier,
    useBias: false)(x, name: "conv_dw_\(number)")
  x = normalizedReLU6(x, name: "conv_dw_\(number)")
  x = Conv2D(filters, kernelSize: 1, padding: .same, useBias: false)(x, name: "conv_pw_\(number)")
  return normalizedReLU6(x, name: "conv_pw_\(number)")
}

private func normalizedReLU6(_ x: SymbolicValue, name: String) -> SymbolicValue {
  ReLU(maximum: 6)(BatchNorm()(x, name: "\(name)_bn"), name: "\(name)_relu")
}
