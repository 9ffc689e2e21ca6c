import NN
import Tensor

extension TorchVision {
  /// The number of layers with weights of a ``denseNet(_:inputShape:classes:head:seed:)``.
  public enum DenseNetDepth: Int, CaseIterable, Sendable {
    case layers121 = 121
    case layers161 = 161
    case layers169 = 169
    case layers201 = 201

    /// The number of layers in each of the four dense blocks.
    fileprivate var blocks: [Int] {
      switch self {
      case .layers121: [6, 12, 24, 16]
      case .layers161: [6, 12, 36, 24]
      case .layers169: [6, 12, 32, 32]
      case .layers201: [6, 12, 48, 32]
      }
    }

    /// The number of channels that each layer adds.
    fileprivate var growth: Int { self == .layers161 ? 48 : 32 }
  }

  /// DenseNet (Huang, Liu, van der Maaten and Weinberger 2017): each layer sees what all layers before it in its block have
  /// made. DenseNet-121 has 7,978,856 parameters with 1,000 classes.
  ///
  /// - Parameters:
  ///   - depth: the number of layers.
  ///   - inputShape: `[C, H, W]`, at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps, which are those of the layer `relu`.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small, `LayerError` for a number of classes below 1.
  public static func denseNet(
    _ depth: DenseNetDepth, inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let growth = depth.growth
    var channels = 2 * growth
    let image = try Input(image: inputShape)
    var x = convolution(channels, 7, stride: 2)(image, name: "features_conv0")
    x = ReLU()(norm()(x, name: "features_norm0"), name: "features_relu0")
    // Behind ReLU, zeros around the image are never the largest.
    x = MaxPool2D(3, stride: 2)(ZeroPad2D(1)(x, name: "features_pool0_pad"), name: "features_pool0")
    for (index, layers) in depth.blocks.enumerated() {
      for layer in 1...layers {
        x = denseLayer(x, growth, "features_denseblock\(index + 1)_denselayer\(layer)_")
      }
      channels += layers * growth
      guard index < depth.blocks.count - 1 else { break }
      channels /= 2
      let name = "features_transition\(index + 1)_"
      x = ReLU()(norm()(x, name: "\(name)norm"), name: "\(name)relu")
      x = AveragePool2D(2)(convolution(channels, 1)(x, name: "\(name)conv"), name: "\(name)pool")
    }
    x = ReLU()(norm()(x, name: "features_norm5"), name: "relu")
    let output = head(x) { x, activation in
      Dense(classes, activation: activation)(GlobalAveragePool2D()(x, name: "avg_pool"), name: "classifier")
    }
    return try Model(input: image, output: output, seed: seed)
  }

  /// A convolution to few channels and one over 3×3 pixels; what they make stands behind the input.
  private static func denseLayer(_ x: SymbolicValue, _ growth: Int, _ name: String) -> SymbolicValue {
    var y = ReLU()(norm()(x, name: "\(name)norm1"), name: "\(name)relu1")
    y = convolution(4 * growth, 1)(y, name: "\(name)conv1")
    y = ReLU()(norm()(y, name: "\(name)norm2"), name: "\(name)relu2")
    y = convolution(growth, 3)(y, name: "\(name)conv2")
    return Concatenate()([x, y], name: "\(name)concat")
  }
}
