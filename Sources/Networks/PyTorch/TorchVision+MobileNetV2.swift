import NN
import Tensor

/// MobileNetV2 (Sandler et al. 2018): narrow layers are expanded, convolved channel by channel and projected again without
/// an activation, with shortcuts between the narrow ones. 3,504,872 parameters with 1,000 classes.
extension TorchVision {
  /// Blocks with the same number of channels: the expansion, the channels, how many, the first one's stride.
  private static let stages: [(expansion: Int, channels: Int, repeats: Int, stride: Int)] = [
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
    (6, 160, 3, 2), (6, 320, 1, 1),
  ]

  /// MobileNetV2.
  ///
  /// - Parameters:
  ///   - inputShape: `[C, H, W]`, at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - alpha: the factor for the numbers of channels.
  ///   - head: what stands behind the feature maps, which are those of the layer `features_18_relu`.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small or a factor that is none, `LayerError` for a number of
  ///   classes below 1.
  public static func mobileNetV2(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, alpha: Double = 1, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    try requireWidth(alpha)
    let image = try Input(image: inputShape)
    var channels = channelCount(32 * alpha)
    var x = activated(convolution(channels, 3, stride: 2), image, "features_0")
    var number = 1
    for stage in stages {
      let output = channelCount(Double(stage.channels) * alpha)
      for position in 0..<stage.repeats {
        let stride = position == 0 ? stage.stride : 1
        let body = block(
          x, "features_\(number)", channels * stage.expansion, output, stride: stride, stage.expansion > 1)
        x = stride == 1 && channels == output ? Add()([x, body], name: "features_\(number)_add") : body
        (number, channels) = (number + 1, output)
      }
    }
    x = activated(convolution(channelCount(1280 * max(alpha, 1)), 1), x, "features_\(number)")
    let output = head(x) { x, activation in
      let mean = Dropout(0.2)(GlobalAveragePool2D()(x, name: "avg_pool"), name: "classifier_0")
      return Dense(classes, activation: activation)(mean, name: "classifier_1")
    }
    return try Model(input: image, output: output, seed: seed)
  }

  private static func block(
    _ x: SymbolicValue, _ name: String, _ wide: Int, _ output: Int, stride: Int, _ expands: Bool
  ) -> SymbolicValue {
    let expanded = expands ? activated(convolution(wide, 1), x, "\(name)_conv_0") : x
    let first = expands ? 1 : 0
    let filtered = activated(depthwise(3, stride: stride), expanded, "\(name)_conv_\(first)")
    let narrow = convolution(output, 1)(filtered, name: "\(name)_conv_\(first + 1)")
    return norm()(narrow, name: "\(name)_conv_\(first + 2)")
  }

  /// A convolution, a normalization and ReLU6.
  private static func activated(_ convolution: any Layer, _ x: SymbolicValue, _ name: String) -> SymbolicValue {
    ReLU(maximum: 6)(norm()(convolution(x, name: "\(name)_0"), name: "\(name)_1"), name: "\(name)_relu")
  }
}
