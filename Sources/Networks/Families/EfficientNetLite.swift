import NN
import Tensor

/// EfficientNet-Lite: EfficientNet (Tan and Le 2019) for small devices, without squeeze-and-excitation and with ReLU6
/// (Liu 2020). Narrow layers are expanded, convolved channel by channel and projected again (MobileNetV2's blocks); the
/// larger networks are wider, deeper and take larger images.
///
/// Inputs are photos with RGB bytes b as (b - 127) / 128. The layers have the names of the package
/// `efficientnet-lite-pytorch`: `conv_stem`, `blocks_0_depthwise_conv`, `fc`, so that its `.pth` files fit.
///
/// | network | width | depth | image | parameters |
/// |---|---|---|---|---|
/// | lite0 | 1.0 | 1.0 | 224 | 4,652,008 |
/// | lite1 | 1.0 | 1.1 | 240 | 5,416,680 |
/// | lite2 | 1.1 | 1.2 | 260 | 6,092,072 |
/// | lite3 | 1.2 | 1.4 | 280 | 8,197,096 |
/// | lite4 | 1.4 | 1.8 | 300 | 13,006,568 |
public enum EfficientNetLite: String, Hashable, Sendable, CaseIterable {
  case lite0, lite1, lite2, lite3, lite4

  /// The height and width of the images that the published weights were trained on.
  public var imageSize: Int {
    switch self {
    case .lite0: 224
    case .lite1: 240
    case .lite2: 260
    case .lite3: 280
    case .lite4: 300
    }
  }

  /// The factors for the numbers of channels and of blocks.
  fileprivate var scaling: (width: Double, depth: Double) {
    switch self {
    case .lite0: (1.0, 1.0)
    case .lite1: (1.0, 1.1)
    case .lite2: (1.1, 1.2)
    case .lite3: (1.2, 1.4)
    case .lite4: (1.4, 1.8)
    }
  }

  fileprivate var dropout: Float { [.lite0, .lite1].contains(self) ? 0.2 : 0.3 }
}

/// Blocks with the same number of channels: how many, their kernel, the first one's stride, the expansion, the channels.
private typealias Stage = (repeats: Int, kernel: Int, stride: Int, expansion: Int, channels: Int)

private let stages: [Stage] = [
  (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
  (1, 3, 1, 6, 320),
]

extension Model {
  /// An ``EfficientNetLite``, with random weights.
  ///
  /// ```swift
  /// let model = try Model.efficientNetLite(.lite0)
  /// try model.load(pyTorch: PyTorchFile(contentsOf: "efficientnet-lite0.pth").tensors)
  /// ```
  ///
  /// - Parameters:
  ///   - size: which of the networks.
  ///   - inputShape: `[C, H, W]`; the network's own size by default.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps, which are those of the layer `head_relu`.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small, `LayerError` for a number of classes below 1.
  public static func efficientNetLite(
    _ size: EfficientNetLite, inputShape: Shape? = nil, classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape ?? [3, size.imageSize, size.imageSize])
    var x = Conv2D(32, kernelSize: 3, stride: 2, padding: .same, useBias: false, initializer: filters)(
      image, name: "conv_stem")
    x = ReLU(maximum: 6)(BatchNorm()(x, name: "bn0"), name: "stem_relu")
    var (number, channels) = (0, 32)
    for (index, stage) in stages.enumerated() {
      // The first and the last blocks are not repeated more often in deeper networks.
      let isInner = index > 0 && index < stages.count - 1
      let repeats = isInner ? Int((Double(stage.repeats) * size.scaling.depth).rounded(.up)) : stage.repeats
      let output = channelCount(Double(stage.channels) * size.scaling.width)
      for position in 0..<repeats {
        x = block(
          x, prefix: "blocks_\(number)_", stage, stride: position == 0 ? stage.stride : 1, channels: channels, output)
        (number, channels) = (number + 1, output)
      }
    }
    x = Conv2D(1280, kernelSize: 1, useBias: false, initializer: filters)(x, name: "conv_head")
    x = ReLU(maximum: 6)(BatchNorm()(x, name: "bn1"), name: "head_relu")
    let output = head(x) { x, activation in
      let mean = GlobalAveragePool2D()(x, name: "avg_pool")
      return Dense(classes, activation: activation)(Dropout(size.dropout)(mean, name: "dropout"), name: "fc")
    }
    return try Model(input: image, output: output, seed: seed)
  }
}

/// Expands the channels, convolves each by itself, and projects them; with a shortcut where the shapes agree.
private func block(
  _ input: SymbolicValue, prefix: String, _ stage: Stage, stride: Int, channels: Int, _ output: Int
) -> SymbolicValue {
  var x = input
  if stage.expansion > 1 {
    x = Conv2D(channels * stage.expansion, kernelSize: 1, useBias: false, initializer: filters)(
      x, name: "\(prefix)expand_conv")
    x = ReLU(maximum: 6)(BatchNorm()(x, name: "\(prefix)bn0"), name: "\(prefix)expand_relu")
  }
  x = DepthwiseConv2D(
    kernelSize: Size(stage.kernel), stride: Size(stride), padding: .same, useBias: false, initializer: filters)(
      x, name: "\(prefix)depthwise_conv")
  x = ReLU(maximum: 6)(BatchNorm()(x, name: "\(prefix)bn1"), name: "\(prefix)depthwise_relu")
  x = Conv2D(output, kernelSize: 1, useBias: false, initializer: filters)(x, name: "\(prefix)project_conv")
  x = BatchNorm()(x, name: "\(prefix)bn2")
  return stride == 1 && channels == output ? Add()([x, input], name: "\(prefix)add") : x
}

private let filters = Initializer.heNormal
