import NN
import Tensor

extension Model {
  /// The number of layers with weights of a ``denseNet(_:inputShape:classes:head:seed:)``.
  public enum DenseNetDepth: Int, CaseIterable, Sendable {
    case layers121 = 121
    case layers169 = 169
    case layers201 = 201

    /// The number of layers in each of the four dense blocks.
    var blocks: [Int] {
      switch self {
      case .layers121: [6, 12, 24, 16]
      case .layers169: [6, 12, 32, 32]
      case .layers201: [6, 12, 48, 32]
      }
    }
  }

  /// DenseNet: each layer sees what all layers before it in its block have made.
  ///
  /// Gao Huang, Zhuang Liu, Laurens van der Maaten and Kilian Q. Weinberger, *Densely Connected Convolutional Networks*, CVPR
  /// 2017, arXiv 1608.06993, table 1. Graph and names are those of Keras's `DenseNet121`, `DenseNet169` and `DenseNet201`.
  /// Pixels: ``PixelScale/standardized``.
  ///
  /// - Parameters:
  ///   - depth: the number of layers.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func denseNet(
    _ depth: DenseNetDepth, inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    var x = Conv2D(64, kernelSize: 7, stride: 2, useBias: false)(
      ZeroPad2D(3)(image, name: "zero_padding2d"), name: "conv1_conv")
    x = normalizedReLU(x, norm: "conv1_bn", activation: "conv1_relu")
    x = MaxPool2D(3, stride: 2)(ZeroPad2D(1)(x, name: "zero_padding2d_1"), name: "pool1")
    var channels = 64
    for (index, layers) in depth.blocks.enumerated() {
      for layer in 1...layers { x = denseLayer(x, name: "conv\(index + 2)_block\(layer)") }
      channels += layers * growth
      guard index < depth.blocks.count - 1 else { break }
      channels /= 2
      x = transition(x, filters: channels, name: "pool\(index + 2)")
    }
    x = normalizedReLU(x, norm: "bn", activation: "relu")
    return try Model(input: image, output: head(x, classes: classes), seed: seed)
  }
}

/// The number of channels that each layer adds: the paper's k.
private let growth = 32

/// A convolution to few channels and one over 3×3 pixels; what they make stands behind the input.
private func denseLayer(_ x: SymbolicValue, name: String) -> SymbolicValue {
  var y = normalizedReLU(x, norm: "\(name)_0_bn", activation: "\(name)_0_relu")
  y = Conv2D(4 * growth, kernelSize: 1, useBias: false)(y, name: "\(name)_1_conv")
  y = normalizedReLU(y, norm: "\(name)_1_bn", activation: "\(name)_1_relu")
  y = Conv2D(growth, kernelSize: 3, padding: .same, useBias: false)(y, name: "\(name)_2_conv")
  return Concatenate()([x, y], name: "\(name)_concat")
}

/// Half of the channels, and half of the rows and columns.
private func transition(_ x: SymbolicValue, filters: Int, name: String) -> SymbolicValue {
  var y = normalizedReLU(x, norm: "\(name)_bn", activation: "\(name)_relu")
  y = Conv2D(filters, kernelSize: 1, useBias: false)(y, name: "\(name)_conv")
  return AveragePool2D(2)(y, name: "\(name)_pool")
}

private func normalizedReLU(_ x: SymbolicValue, norm: String, activation: String) -> SymbolicValue {
  ActivationLayer(.relu)(BatchNorm(epsilon: 1.001e-5)(x, name: norm), name: activation)
}
