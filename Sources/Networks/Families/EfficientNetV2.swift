import NN
import Tensor

extension Model {
  /// The sizes of ``efficientNetV2(_:inputShape:classes:includesPreprocessing:head:seed:)``.
  public enum EfficientNetV2Size: String, CaseIterable, Sendable {
    case b0, b1, b2, b3, s, m, l

    /// The factors for the numbers of channels and of blocks, and the height and width of photos.
    var scaling: (width: Double, depth: Double, imageSize: Int) {
      switch self {
      case .b0: (1.0, 1.0, 224)
      case .b1: (1.0, 1.1, 240)
      case .b2: (1.1, 1.2, 260)
      case .b3: (1.2, 1.4, 300)
      case .s: (1.0, 1.0, 384)
      case .m, .l: (1.0, 1.0, 480)
      }
    }
  }

  /// EfficientNetV2: EfficientNet with blocks that train faster, whose first stages have common convolutions in place of
  /// depthwise ones.
  ///
  /// Mingxing Tan and Quoc V. Le, *EfficientNetV2: Smaller Models and Faster Training*, ICML 2021, arXiv 2104.00298, table 4
  /// and the authors' code. Graph and names are those of Keras's `EfficientNetV2B0` to `EfficientNetV2B3`,
  /// `EfficientNetV2S`, `EfficientNetV2M` and `EfficientNetV2L`. Pixels: ``PixelScale/bytes``; without preprocessing
  /// ``PixelScale/standardized`` for B0 to B3, and (x - 128) / 128 for S, M and L.
  ///
  /// - Parameters:
  ///   - size: B0 to B3, S, M or L.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns; by default photos of the size that
  ///     Keras has for the network, 224×224 for B0.
  ///   - classes: the number of classes.
  ///   - includesPreprocessing: whether the network scales pixels from 0 to 255 itself.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func efficientNetV2(
    _ size: EfficientNetV2Size, inputShape: Shape? = nil, classes: Int = 1000, includesPreprocessing: Bool = true,
    head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let (width, depth, side) = size.scaling
    let inputShape = inputShape ?? [3, side, side]
    let image = try Input(image: inputShape)
    func channels(_ count: Int) -> Int { channelCount(Double(count) * width, isBounded: false) }
    var x = includesPreprocessing ? preprocessed(image, channels: inputShape[0], size) : image
    var inputs = channels(size.stemFilters)
    x = Conv2D(inputs, kernelSize: 3, stride: 2, padding: .same, useBias: false, initializer: .efficientNet)(
      x, name: "stem_conv")
    x = normalizedSwish(x, norm: "stem_bn", activation: "stem_activation")
    let count = size.rows.reduce(0) { $0 + $1.blocks }
    var number = 0
    for (index, row) in size.rows.enumerated() {
      for repetition in 0..<Int((Double(row.blocks) * depth).rounded(.up)) {
        let letter = Character(UnicodeScalar(UInt8(ascii: "a") + UInt8(repetition)))
        let block = Block(
          inputs: inputs, filters: channels(row.filters), expansion: row.expansion,
          stride: repetition == 0 ? row.stride : 1, dropRate: Float(0.2 * Double(number) / Double(count)),
          prefix: "block\(index + 1)\(letter)_")
        x = row.isFused ? block.fused(x) : block.depthwise(x)
        inputs = block.filters
        number += 1
      }
    }
    x = Conv2D(channels(1280), kernelSize: 1, padding: .same, useBias: false, initializer: .efficientNet)(
      x, name: "top_conv")
    x = normalizedSwish(x, norm: "top_bn", activation: "top_activation")
    return try Model(input: image, output: efficientHead(x, head, classes: classes, dropout: 0.2), seed: seed)
  }
}

/// Blocks that follow each other: whether they are fused, the factor inside them, the channels behind them, the number of
/// blocks, and the stride of the first.
private typealias Row = (isFused: Bool, expansion: Int, filters: Int, blocks: Int, stride: Int)

extension Model.EfficientNetV2Size {
  /// The blocks; B1 to B3 are B0 with more channels and blocks.
  fileprivate var rows: [Row] {
    switch self {
    case .b0, .b1, .b2, .b3:
      [
        (true, 1, 16, 1, 1), (true, 4, 32, 2, 2), (true, 4, 48, 2, 2), (false, 4, 96, 3, 2), (false, 6, 112, 5, 1),
        (false, 6, 192, 8, 2),
      ]
    case .s:
      [
        (true, 1, 24, 2, 1), (true, 4, 48, 4, 2), (true, 4, 64, 4, 2), (false, 4, 128, 6, 2), (false, 6, 160, 9, 1),
        (false, 6, 256, 15, 2),
      ]
    case .m:
      [
        (true, 1, 24, 3, 1), (true, 4, 48, 5, 2), (true, 4, 80, 5, 2), (false, 4, 160, 7, 2), (false, 6, 176, 14, 1),
        (false, 6, 304, 18, 2), (false, 6, 512, 5, 1),
      ]
    case .l:
      [
        (true, 1, 32, 4, 1), (true, 4, 64, 7, 2), (true, 4, 96, 7, 2), (false, 4, 192, 10, 2), (false, 6, 224, 19, 1),
        (false, 6, 384, 25, 2), (false, 6, 640, 7, 1),
      ]
    }
  }

  /// The channels behind the first convolution.
  fileprivate var stemFilters: Int { self == .s || self == .m ? 24 : 32 }
}

/// Pixels from 0 to 255 as the network expects them.
private func preprocessed(_ image: SymbolicValue, channels: Int, _ size: Model.EfficientNetV2Size) -> SymbolicValue {
  guard channels == 3, ![.s, .m, .l].contains(size) else {
    return Rescaling(1 / 128, offset: -1)(image, name: "rescaling")
  }
  let deviation: [Double] = [0.229, 0.224, 0.225]
  let normalization = DataNorm(
    mean: Tensor(shape: [3], scalars: [0.485, 0.456, 0.406]),
    variance: Tensor(shape: [3], scalars: deviation.map { Float($0 * $0) }))
  return normalization(Rescaling(1 / 255)(image, name: "rescaling"), name: "normalization")
}

/// A block with a shortcut, and stochastic depth: in training it drops some images' way through the block.
private struct Block {
  let inputs, filters, expansion, stride: Int
  let dropRate: Float
  let prefix: String

  /// The block of EfficientNet: single pixels, each channel by itself, squeeze and excitation, single pixels.
  func depthwise(_ x: SymbolicValue) -> SymbolicValue {
    let inner = inputs * expansion
    var y = Conv2D(inner, kernelSize: 1, padding: .same, useBias: false, initializer: .efficientNet)(
      x, name: "\(prefix)expand_conv")
    y = normalizedSwish(y, norm: "\(prefix)expand_bn", activation: "\(prefix)expand_activation")
    y = DepthwiseConv2D(
      kernelSize: 3, stride: Size(stride), padding: .same, useBias: false, initializer: .efficientNet)(
        y, name: "\(prefix)dwconv2")
    y = normalizedSwish(y, norm: "\(prefix)bn", activation: "\(prefix)activation")
    y = squeezeAndExcitation(y, channels: inner, narrow: max(1, inputs / 4), prefix: prefix, initializer: .efficientNet)
    return withShortcut(projected(y, kernelSize: 1, stride: 1), x)
  }

  /// One 3×3 convolution in place of the first two, or of all where the block has no more channels inside than outside.
  func fused(_ x: SymbolicValue) -> SymbolicValue {
    if expansion == 1 {
      let y = ActivationLayer(.silu)(projected(x, kernelSize: 3, stride: stride), name: "\(prefix)project_activation")
      return withShortcut(y, x)
    }
    var y = Conv2D(
      inputs * expansion, kernelSize: 3, stride: Size(stride), padding: .same, useBias: false,
      initializer: .efficientNet)(x, name: "\(prefix)expand_conv")
    y = normalizedSwish(y, norm: "\(prefix)expand_bn", activation: "\(prefix)expand_activation")
    return withShortcut(projected(y, kernelSize: 1, stride: 1), x)
  }

  private func projected(_ x: SymbolicValue, kernelSize: Int, stride: Int) -> SymbolicValue {
    let y = Conv2D(
      filters, kernelSize: Size(kernelSize), stride: Size(stride), padding: .same, useBias: false,
      initializer: .efficientNet)(x, name: "\(prefix)project_conv")
    return BatchNorm(momentum: 0.9)(y, name: "\(prefix)project_bn")
  }

  private func withShortcut(_ y: SymbolicValue, _ x: SymbolicValue) -> SymbolicValue {
    guard stride == 1, inputs == filters else { return y }
    return Add()([stochasticDepth(y, rate: dropRate, name: "\(prefix)drop"), x], name: "\(prefix)add")
  }
}

private func normalizedSwish(_ x: SymbolicValue, norm: String, activation: String) -> SymbolicValue {
  ActivationLayer(.silu)(BatchNorm(momentum: 0.9)(x, name: norm), name: activation)
}
