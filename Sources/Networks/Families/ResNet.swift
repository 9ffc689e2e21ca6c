import NN
import Tensor

extension Model {
  /// The number of layers with weights of a ``resNet(_:inputShape:classes:head:seed:)``.
  public enum ResNetDepth: Int, CaseIterable, Sendable {
    case layers50 = 50
    case layers101 = 101
    case layers152 = 152

    /// The number of blocks in each of the four stages.
    var blocks: [Int] {
      switch self {
      case .layers50: [3, 4, 6, 3]
      case .layers101: [3, 4, 23, 3]
      case .layers152: [3, 8, 36, 3]
      }
    }
  }

  /// ResNet, with stride 2 in the first convolution of a stage.
  ///
  /// Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, *Deep Residual Learning for Image Recognition*, CVPR 2016,
  /// arXiv 1512.03385, table 1. Graph and names are those of Keras's `ResNet50`, `ResNet101` and `ResNet152`. Pixels:
  /// ``PixelScale/centredBGR``.
  ///
  /// - Parameters:
  ///   - depth: the number of layers.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func resNet(
    _ depth: ResNetDepth, inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    var x = ZeroPad2D(3)(image, name: "conv1_pad")
    x = Conv2D(64, kernelSize: 7, stride: 2)(x, name: "conv1_conv")
    x = ActivationLayer(.relu)(BatchNorm(epsilon: epsilon)(x, name: "conv1_bn"), name: "conv1_relu")
    x = MaxPool2D(3, stride: 2)(ZeroPad2D(1)(x, name: "pool1_pad"), name: "pool1_pool")
    for (stage, blocks) in depth.blocks.enumerated() {
      for block in 1...blocks {
        x = bottleneck(
          x, filters: 64 << stage, stride: stage > 0 && block == 1 ? 2 : 1, changesShape: block == 1,
          name: "conv\(stage + 2)_block\(block)")
      }
    }
    return try Model(input: image, output: head(x, classes: classes), seed: seed)
  }
}

private let epsilon: Float = 1.001e-5

/// Three convolutions: to few channels, over 3×3 pixels, and to four times as many channels; and the input added to them.
private func bottleneck(
  _ x: SymbolicValue, filters: Int, stride: Int, changesShape: Bool, name: String
) -> SymbolicValue {
  func normalized(_ x: SymbolicValue, _ layer: String) -> SymbolicValue {
    BatchNorm(epsilon: epsilon)(x, name: "\(name)_\(layer)_bn")
  }
  var shortcut = x
  if changesShape {
    shortcut = Conv2D(4 * filters, kernelSize: 1, stride: Size(stride))(x, name: "\(name)_0_conv")
    shortcut = normalized(shortcut, "0")
  }
  var y = Conv2D(filters, kernelSize: 1, stride: Size(stride))(x, name: "\(name)_1_conv")
  y = ActivationLayer(.relu)(normalized(y, "1"), name: "\(name)_1_relu")
  y = Conv2D(filters, kernelSize: 3, padding: .same)(y, name: "\(name)_2_conv")
  y = ActivationLayer(.relu)(normalized(y, "2"), name: "\(name)_2_relu")
  y = normalized(Conv2D(4 * filters, kernelSize: 1)(y, name: "\(name)_3_conv"), "3")
  return ActivationLayer(.relu)(Add()([shortcut, y], name: "\(name)_add"), name: "\(name)_out")
}
