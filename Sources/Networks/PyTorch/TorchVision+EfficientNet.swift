import NN
import Tensor

extension TorchVision {
  /// EfficientNet (Tan and Le 2019): one network that search found, B0, and larger ones with more channels, more blocks and
  /// larger photos in a fixed proportion. B0 has 5,288,548 parameters with 1,000 classes.
  ///
  /// - Parameters:
  ///   - size: B0 to B7.
  ///   - inputShape: `[C, H, W]`, at least 32 rows and columns; by default photos of torchvision's size for the network.
  ///   - classes: the number of classes.
  ///   - epsilon: of the normalizations. torchvision has 1e-5, and 1e-3 from B5 on; timm has 1e-5 for all but those whose names
  ///     begin with `tf_`, which also pad in another way.
  ///   - head: what stands behind the feature maps, which are those of the layer `features_8_silu`.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small, `LayerError` for a number of classes below 1.
  public static func efficientNet(
    _ size: Model.EfficientNetSize, inputShape: Shape? = nil, classes: Int = 1000, epsilon: Float? = nil,
    head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let side = imageSize(size)
    let (width, depth, _, dropout) = size.scaling
    let image = try Input(image: inputShape ?? [3, side, side])
    let parts = MobileParts(activation: .silu, gate: .silu, attention: .sigmoid, epsilon: epsilon ?? Self.epsilon(size))
    var channels = channelCount(32 * width)
    var x = parts.activated(convolution(channels, 3, stride: 2), image, "features_0")
    for (index, row) in Model.EfficientNetSize.rows.enumerated() {
      let output = channelCount(Double(row.filters) * width)
      for block in 0..<Int((Double(row.blocks) * depth).rounded(.up)) {
        x = parts.block(
          x, "features_\(index + 1)_\(block)", inputs: channels, inner: channels * row.expansion, outputs: output,
          kernelSize: row.kernelSize, stride: block == 0 ? row.stride : 1, narrow: max(1, channels / 4))
        channels = output
      }
    }
    x = parts.activated(convolution(4 * channels, 1), x, "features_8")
    let output = head(x) { x, activation in
      let mean = Dropout(dropout)(GlobalAveragePool2D()(x, name: "avg_pool"), name: "classifier_0")
      return Dense(classes, activation: activation)(mean, name: "classifier_1")
    }
    return try Model(input: image, output: output, seed: seed)
  }

  /// The height and width of torchvision's photos.
  static func imageSize(_ size: Model.EfficientNetSize) -> Int { size == .b2 ? 288 : size.scaling.imageSize }

  private static func epsilon(_ size: Model.EfficientNetSize) -> Float {
    [.b5, .b6, .b7].contains(size) ? 1e-3 : 1e-5
  }
}
