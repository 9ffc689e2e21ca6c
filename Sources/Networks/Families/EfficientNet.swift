import NN
import Tensor

extension Model {
  /// The sizes of ``efficientNet(_:inputShape:classes:rescalesForImageNetWeights:head:seed:)``.
  public enum EfficientNetSize: String, CaseIterable, Sendable {
    case b0, b1, b2, b3, b4, b5, b6, b7

    /// The factors for the numbers of channels and of blocks, the height and width of photos, and the rate of the dropout
    /// before the classifier.
    var scaling: (width: Double, depth: Double, imageSize: Int, dropout: Float) {
      switch self {
      case .b0: (1.0, 1.0, 224, 0.2)
      case .b1: (1.0, 1.1, 240, 0.2)
      case .b2: (1.1, 1.2, 260, 0.3)
      case .b3: (1.2, 1.4, 300, 0.3)
      case .b4: (1.4, 1.8, 380, 0.4)
      case .b5: (1.6, 2.2, 456, 0.4)
      case .b6: (1.8, 2.6, 528, 0.5)
      case .b7: (2.0, 3.1, 600, 0.5)
      }
    }
  }

  /// EfficientNet: one network that search found, B0, and larger ones with more channels, more blocks and larger photos in a
  /// fixed proportion.
  ///
  /// Mingxing Tan and Quoc V. Le, *EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks*, ICML 2019, arXiv
  /// 1905.11946, table 1. Graph and names are those of Keras's `EfficientNetB0` to `EfficientNetB7`. Pixels:
  /// ``PixelScale/bytes``.
  ///
  /// - Parameters:
  ///   - size: B0 to B7.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns; by default photos of the size that
  ///     the paper has for the network, 224×224 for B0.
  ///   - classes: the number of classes.
  ///   - rescalesForImageNetWeights: whether photos are divided once more by √0.229, √0.224 and √0.225, as Keras adds it for the
  ///     weights of ImageNet that it offers, and for these alone.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func efficientNet(
    _ size: EfficientNetSize, inputShape: Shape? = nil, classes: Int = 1000, rescalesForImageNetWeights: Bool = false,
    head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let (width, depth, side, dropout) = size.scaling
    let inputShape = inputShape ?? [3, side, side]
    let image = try Input(image: inputShape)
    func channels(_ count: Int) -> Int { channelCount(Double(count) * width) }
    func repeats(_ row: EfficientNetSize.Row) -> Int { Int((Double(row.blocks) * depth).rounded(.up)) }
    var x = DataNorm()(Rescaling(1 / 255)(image, name: "rescaling"), name: "normalization")
    if rescalesForImageNetWeights {
      x = Rescaling([0.229, 0.224, 0.225].map { Float(1 / $0.squareRoot()) })(x, name: "rescaling_1")
    }
    x = ZeroPad2D(halving: inputShape.imageSize, kernelSize: 3)(x, name: "stem_conv_pad")
    x = Conv2D(channels(32), kernelSize: 3, stride: 2, useBias: false, initializer: .efficientNet)(x, name: "stem_conv")
    x = ActivationLayer(.silu)(BatchNorm()(x, name: "stem_bn"), name: "stem_activation")
    var (inputs, imageSize) = (channels(32), inputShape.imageSize.halved)
    let rows = EfficientNetSize.rows
    let count = rows.reduce(0) { $0 + repeats($1) }
    var number = 0
    for (index, row) in rows.enumerated() {
      for (repetition, letter) in "abcdefghijklmnop".prefix(repeats(row)).enumerated() {
        let block = InvertedBottleneck(
          inputs: inputs, filters: channels(row.filters), expansion: row.expansion, kernelSize: row.kernelSize,
          stride: repetition == 0 ? row.stride : 1, dropRate: Float(0.2 * Double(number) / Double(count)),
          prefix: "block\(index + 1)\(letter)_")
        x = block(x, imageSize)
        inputs = block.filters
        if block.stride == 2 { imageSize = imageSize.halved }
        number += 1
      }
    }
    x = Conv2D(channels(1280), kernelSize: 1, padding: .same, useBias: false, initializer: .efficientNet)(
      x, name: "top_conv")
    x = ActivationLayer(.silu)(BatchNorm()(x, name: "top_bn"), name: "top_activation")
    return try Model(input: image, output: efficientHead(x, head, classes: classes, dropout: dropout), seed: seed)
  }
}

extension Model.EfficientNetSize {
  /// A row of table 1: the factor inside the blocks, the channels behind them, the window, the number of blocks, and the
  /// stride of the first.
  typealias Row = (expansion: Int, filters: Int, kernelSize: Int, blocks: Int, stride: Int)

  /// The blocks of B0.
  static let rows: [Row] = [
    (1, 16, 3, 1, 1), (6, 24, 3, 2, 2), (6, 40, 5, 2, 2), (6, 80, 3, 3, 2), (6, 112, 5, 3, 1), (6, 192, 5, 4, 2),
    (6, 320, 3, 1, 1),
  ]
}

/// The block of MobileNetV2 with squeeze and excitation, and stochastic depth: in training it drops some images' way through
/// the block.
private struct InvertedBottleneck {
  let inputs, filters, expansion, kernelSize, stride: Int
  let dropRate: Float
  let prefix: String

  func callAsFunction(_ x: SymbolicValue, _ size: Size) -> SymbolicValue {
    let inner = inputs * expansion
    var y = x
    if expansion > 1 {
      y = Conv2D(inner, kernelSize: 1, padding: .same, useBias: false, initializer: .efficientNet)(
        y, name: "\(prefix)expand_conv")
      y = ActivationLayer(.silu)(BatchNorm()(y, name: "\(prefix)expand_bn"), name: "\(prefix)expand_activation")
    }
    if stride == 2 { y = ZeroPad2D(halving: size, kernelSize: kernelSize)(y, name: "\(prefix)dwconv_pad") }
    y = DepthwiseConv2D(
      kernelSize: Size(kernelSize), stride: Size(stride), padding: stride == 2 ? .valid : .same, useBias: false,
      initializer: .efficientNet)(y, name: "\(prefix)dwconv")
    y = ActivationLayer(.silu)(BatchNorm()(y, name: "\(prefix)bn"), name: "\(prefix)activation")
    y = squeezeAndExcitation(y, channels: inner, narrow: max(1, inputs / 4), prefix: prefix, initializer: .efficientNet)
    y = Conv2D(filters, kernelSize: 1, padding: .same, useBias: false, initializer: .efficientNet)(
      y, name: "\(prefix)project_conv")
    y = BatchNorm()(y, name: "\(prefix)project_bn")
    guard stride == 1, inputs == filters else { return y }
    return Add()([stochasticDepth(y, rate: dropRate, name: "\(prefix)drop"), x], name: "\(prefix)add")
  }
}
