import NN
import Tensor

/// A network that is found by its name, such as `MobileNetV2`.
///
/// ```swift
/// let network = try NamedNetwork("mobilenetv2")
/// let model = try network.model(classes: 11)
/// let input = network.pixels(images)    // red, green and blue from 0 to 255, as the network expects them
/// ```
public struct NamedNetwork: Sendable {
  /// The name in Keras.
  public let name: String
  /// The height and width of the photos that the network is made for.
  public let imageSize: Int
  /// What the network expects of the pixels of photos.
  public let pixels: PixelScale
  private let make: @Sendable (Shape, Int, NetworkHead, UInt64, _ epsilon: Float?) throws -> Model

  /// Finds a network. Capitals, spaces, `-` and `_` do not matter.
  ///
  /// - Throws: ``NetworkError/name(_:known:)`` with all names.
  public init(_ name: String) throws(NetworkError) {
    func plain(_ name: String) -> String { name.lowercased().filter { !"-_ ".contains($0) } }
    guard let found = Self.all.first(where: { plain($0.name) == plain(name) }) else {
      throw .name(name, known: Self.all.map(\.name))
    }
    self = found
  }

  init(
    _ name: String, _ imageSize: Int, _ pixels: PixelScale,
    make: @escaping @Sendable (Shape, Int, NetworkHead, UInt64) throws -> Model
  ) {
    self.init(name, imageSize, pixels) { shape, classes, head, seed, _ in try make(shape, classes, head, seed) }
  }

  /// - Parameter make: makes the network; the last argument is the ε of its normalizations, `nil` for the usual one.
  init(
    _ name: String, _ imageSize: Int, _ pixels: PixelScale,
    make: @escaping @Sendable (Shape, Int, NetworkHead, UInt64, _ epsilon: Float?) throws -> Model
  ) {
    (self.name, self.imageSize, self.pixels, self.make) = (name, imageSize, pixels, make)
  }

  /// Makes the network with new weights.
  ///
  /// - Parameters:
  ///   - weights: the published weights that the network is to get, which may want another ε of the normalizations than the
  ///     others; `nil` for the first of ``weights``.
  ///   - inputShape: the shape of an image, `[C, H, W]`; photos of ``imageSize`` by default.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public func model(
    for weights: PublishedWeights? = nil, inputShape: Shape? = nil, classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    try make(inputShape ?? [3, imageSize, imageSize], classes, head, seed, weights?.epsilon)
  }

  /// All networks.
  public static let all = keras + pyTorch

  /// The networks of Keras.
  static let keras: [NamedNetwork] = [
    resNets, resNetsV2, mobileNets, efficientNets, efficientNetsV2, denseNets, vggs, convNeXts, inceptions, nasNets,
  ].flatMap(\.self)

  private static let resNets = Model.ResNetDepth.allCases.map { depth in
    NamedNetwork("ResNet\(depth.rawValue)", 224, .centredBGR) {
      try .resNet(depth, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let resNetsV2 = Model.ResNetDepth.allCases.map { depth in
    NamedNetwork("ResNet\(depth.rawValue)V2", 224, .signedUnit) {
      try .resNetV2(depth, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let mobileNets = [
    NamedNetwork("MobileNet", 224, .signedUnit) { try .mobileNet(inputShape: $0, classes: $1, head: $2, seed: $3) },
    NamedNetwork("MobileNetV2", 224, .signedUnit) {
      try .mobileNetV2(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("MobileNetV3Small", 224, .bytes) {
      try .mobileNetV3(.small, inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("MobileNetV3Large", 224, .bytes) {
      try .mobileNetV3(.large, inputShape: $0, classes: $1, head: $2, seed: $3)
    },
  ]

  private static let efficientNets = Model.EfficientNetSize.allCases.map { size in
    NamedNetwork("EfficientNet\(size.rawValue.uppercased())", size.scaling.imageSize, .bytes) {
      try .efficientNet(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let efficientNetsV2 = Model.EfficientNetV2Size.allCases.map { size in
    NamedNetwork("EfficientNetV2\(size.rawValue.uppercased())", size.scaling.imageSize, .bytes) {
      try .efficientNetV2(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let denseNets = Model.DenseNetDepth.allCases.map { depth in
    NamedNetwork("DenseNet\(depth.rawValue)", 224, .standardized) {
      try .denseNet(depth, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let vggs = Model.VGGDepth.allCases.map { depth in
    NamedNetwork("VGG\(depth.rawValue)", 224, .centredBGR) {
      try .vgg(depth, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let convNeXts = Model.ConvNeXtSize.allCases.map { size in
    NamedNetwork("ConvNeXt\(size.name)", 224, .bytes) {
      try .convNeXt(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }

  private static let inceptions = [
    NamedNetwork("Xception", 299, .signedUnit) { try .xception(inputShape: $0, classes: $1, head: $2, seed: $3) },
    NamedNetwork("InceptionV3", 299, .signedUnit) {
      try .inceptionV3(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
    NamedNetwork("InceptionResNetV2", 299, .signedUnit) {
      try .inceptionResNetV2(inputShape: $0, classes: $1, head: $2, seed: $3)
    },
  ]

  private static let nasNets = Model.NASNetSize.allCases.map { size in
    NamedNetwork(size == .mobile ? "NASNetMobile" : "NASNetLarge", size.imageSize, .signedUnit) {
      try .nasNet(size, inputShape: $0, classes: $1, head: $2, seed: $3)
    }
  }
}
