import NN
import Tensor

extension Model {
  /// The two networks of ``mobileNetV3(_:inputShape:classes:alpha:isMinimalistic:dropout:includesPreprocessing:head:seed:)``.
  public enum MobileNetV3Size: String, CaseIterable, Sendable {
    case small, large
  }

  /// MobileNetV3: the blocks of MobileNetV2 with squeeze and excitation and hard swish, found by search.
  ///
  /// Andrew Howard et al., *Searching for MobileNetV3*, ICCV 2019, arXiv 1905.02244, tables 1 and 2. Graph and names are those
  /// of Keras's `MobileNetV3Small` and `MobileNetV3Large`. Pixels: ``PixelScale/bytes``, or without preprocessing
  /// ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - size: small or large.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - alpha: the factor for the number of channels.
  ///   - isMinimalistic: whether there are neither squeeze and excitation, hard swish nor 5×5 windows.
  ///   - dropout: the rate of the dropout before the classifier; 0 for none.
  ///   - includesPreprocessing: whether the network scales pixels from 0 to 255 itself.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small, or an `alpha` that is not above 0; `LayerError` naming the layer
  ///   for the other numbers.
  public static func mobileNetV3(
    _ size: MobileNetV3Size, inputShape: Shape = [3, 224, 224], classes: Int = 1000, alpha: Double = 1,
    isMinimalistic: Bool = false, dropout: Float = 0.2, includesPreprocessing: Bool = true,
    head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    try requireWidth(alpha)
    var parts = Parts(isMinimalistic: isMinimalistic)
    var x = includesPreprocessing ? Rescaling(1 / 127.5, offset: -1)(image, name: "rescaling") : image
    x = Conv2D(16, kernelSize: 3, stride: 2, padding: .same, useBias: false)(x, name: "conv")
    x = parts.activated(normalized(x, name: "conv_bn"))
    var (channels, imageSize) = (16, inputShape.imageSize.halved)
    for (number, row) in size.rows.enumerated() {
      let filters = channelCount(Double(row.filters) * alpha)
      x = parts.bottleneck(
        x, row, channels: channels, filters: filters, size: imageSize, expands: number > 0,
        prefix: number == 0 ? "expanded_conv_" : "expanded_conv_\(number)_")
      channels = filters
      if row.stride == 2 { imageSize = imageSize.halved }
    }
    x = Conv2D(channelCount(Double(6 * channels)), kernelSize: 1, padding: .same, useBias: false)(x, name: "conv_1")
    x = parts.activated(normalized(x, name: "conv_1_bn"))
    let last = alpha > 1 ? channelCount(Double(size.features) * alpha) : size.features
    let output = head(x) { x, activation in
      var y = GlobalAveragePool2D(keepsAxes: true)(x, name: "global_average_pooling2d")
      y = parts.activated(Conv2D(last, kernelSize: 1, padding: .same)(y, name: "conv_2"))
      if dropout != 0 { y = Dropout(dropout)(y, name: "dropout") }
      y = Conv2D(classes, kernelSize: 1, padding: .same)(y, name: "logits")
      return ActivationLayer(activation)(Flatten(order: .channelsLast)(y, name: "flatten"), name: "predictions")
    }
    return try Model(input: image, output: output, seed: seed)
  }
}

/// One block: the factor inside it, the channels behind it, the window, the stride, whether it has squeeze and excitation, and
/// whether its activation is hard swish.
typealias MobileNetV3Row = (
  expansion: Double, filters: Int, kernelSize: Int, stride: Int, squeezes: Bool, isHardSwish: Bool
)

extension Model.MobileNetV3Size {
  /// The blocks of tables 1 and 2.
  var rows: [MobileNetV3Row] {
    switch self {
    case .small:
      [
        (1, 16, 3, 2, true, false), (72.0 / 16, 24, 3, 2, false, false), (88.0 / 24, 24, 3, 1, false, false),
        (4, 40, 5, 2, true, true), (6, 40, 5, 1, true, true), (6, 40, 5, 1, true, true), (3, 48, 5, 1, true, true),
        (3, 48, 5, 1, true, true), (6, 96, 5, 2, true, true), (6, 96, 5, 1, true, true), (6, 96, 5, 1, true, true),
      ]
    case .large:
      [
        (1, 16, 3, 1, false, false), (4, 24, 3, 2, false, false), (3, 24, 3, 1, false, false),
        (3, 40, 5, 2, true, false), (3, 40, 5, 1, true, false), (3, 40, 5, 1, true, false), (6, 80, 3, 2, false, true),
        (2.5, 80, 3, 1, false, true), (2.3, 80, 3, 1, false, true), (2.3, 80, 3, 1, false, true),
        (6, 112, 3, 1, true, true), (6, 112, 3, 1, true, true), (6, 160, 5, 2, true, true), (6, 160, 5, 1, true, true),
        (6, 160, 5, 1, true, true),
      ]
    }
  }

  /// The number of features that the classifier sees.
  var features: Int { self == .small ? 1024 : 1280 }
}

/// The parts of the network, and the names of their layers that have none of their own.
private struct Parts {
  let isMinimalistic: Bool
  private var numbers = LayerNumbers()

  init(isMinimalistic: Bool) { self.isMinimalistic = isMinimalistic }

  /// Hard swish, or ReLU.
  mutating func activated(_ x: SymbolicValue, isHardSwish: Bool = true) -> SymbolicValue {
    isHardSwish && !isMinimalistic
      ? ActivationLayer(.hardSiLU)(x, name: numbers.next("activation")) : ReLU()(x, name: numbers.next("re_lu"))
  }

  /// The block of MobileNetV2, with squeeze and excitation behind the depthwise convolution.
  mutating func bottleneck(
    _ x: SymbolicValue, _ row: MobileNetV3Row, channels: Int, filters: Int, size: Size, expands: Bool, prefix: String
  ) -> SymbolicValue {
    let inner = expands ? channelCount(Double(channels) * row.expansion) : channels
    let kernelSize = isMinimalistic ? 3 : row.kernelSize
    var y = x
    if expands {
      y = Conv2D(inner, kernelSize: 1, padding: .same, useBias: false)(y, name: "\(prefix)expand")
      y = activated(normalized(y, name: "\(prefix)expand_bn"), isHardSwish: row.isHardSwish)
    }
    if row.stride == 2 { y = ZeroPad2D(halving: size, kernelSize: kernelSize)(y, name: "\(prefix)depthwise_pad") }
    y = DepthwiseConv2D(
      kernelSize: Size(kernelSize), stride: Size(row.stride), padding: row.stride == 1 ? .same : .valid, useBias: false)(
        y, name: "\(prefix)depthwise")
    y = activated(normalized(y, name: "\(prefix)depthwise_bn"), isHardSwish: row.isHardSwish)
    if row.squeezes && !isMinimalistic { y = squeezeAndExcitation(y, channels: inner, prefix: prefix) }
    y = Conv2D(filters, kernelSize: 1, padding: .same, useBias: false)(y, name: "\(prefix)project")
    y = normalized(y, name: "\(prefix)project_bn")
    return row.stride == 1 && channels == filters ? Add()([x, y], name: "\(prefix)add") : y
  }

  /// As in the EfficientNets, with ReLU, and with the hard form of the logistic function: min(max(x + 3, 0), 6) / 6.
  private mutating func squeezeAndExcitation(_ x: SymbolicValue, channels: Int, prefix: String) -> SymbolicValue {
    let prefix = "\(prefix)squeeze_excite_"
    var weights = GlobalAveragePool2D(keepsAxes: true)(x, name: "\(prefix)avg_pool")
    weights = Conv2D(channelCount(Double(channels) * 0.25), kernelSize: 1, padding: .same)(
      weights, name: "\(prefix)conv")
    weights = ReLU()(weights, name: "\(prefix)relu")
    weights = Conv2D(channels, kernelSize: 1, padding: .same)(weights, name: "\(prefix)conv_1")
    weights = Rescaling(1, offset: 3)(weights, name: numbers.next("add"))
    weights = ReLU(maximum: 6)(weights, name: numbers.next("re_lu"))
    weights = Rescaling(1 / 6)(weights, name: numbers.next("multiply"))
    return Multiply()([x, weights], name: "\(prefix)mul")
  }
}

private func normalized(_ x: SymbolicValue, name: String) -> SymbolicValue {
  BatchNorm(momentum: 0.999)(x, name: name)
}
