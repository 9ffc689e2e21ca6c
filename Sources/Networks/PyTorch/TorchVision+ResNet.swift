import NN
import Tensor

/// Residual networks (He, Zhang, Ren and Sun 2015): each block adds what it computes to its input. In the deep ones a block
/// has three convolutions, narrow in the middle, and its stride is that of the middle one, as in torchvision.
///
/// | network | blocks | parameters |
/// |---|---|---|
/// | ResNet-18 | 2, 2, 2, 2 of two convolutions | 11,689,512 |
/// | ResNet-34 | 3, 4, 6, 3 of two | 21,797,672 |
/// | ResNet-50 | 3, 4, 6, 3 of three | 25,557,032 |
/// | ResNet-101 | 3, 4, 23, 3 of three | 44,549,160 |
/// | ResNet-152 | 3, 8, 36, 3 of three | 60,192,808 |
extension TorchVision {
  /// ResNet-18.
  ///
  /// - Parameters:
  ///   - inputShape: `[C, H, W]`, at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps, which are those of the last block. A block is named as in torchvision:
  ///     `layer4_1`.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small, `LayerError` for a number of classes below 1.
  public static func resNet18(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    try resNet(blocks: [2, 2, 2, 2], isDeep: false, inputShape, classes, head, seed)
  }

  /// ResNet-34; see ``resNet18(inputShape:classes:head:seed:)``.
  public static func resNet34(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    try resNet(blocks: [3, 4, 6, 3], isDeep: false, inputShape, classes, head, seed)
  }

  /// ResNet-50; see ``resNet18(inputShape:classes:head:seed:)``.
  public static func resNet50(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    try resNet(blocks: [3, 4, 6, 3], isDeep: true, inputShape, classes, head, seed)
  }

  /// ResNet-101; see ``resNet18(inputShape:classes:head:seed:)``.
  public static func resNet101(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    try resNet(blocks: [3, 4, 23, 3], isDeep: true, inputShape, classes, head, seed)
  }

  /// ResNet-152; see ``resNet18(inputShape:classes:head:seed:)``.
  public static func resNet152(
    inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    try resNet(blocks: [3, 8, 36, 3], isDeep: true, inputShape, classes, head, seed)
  }

  private static func resNet(
    blocks: [Int], isDeep: Bool, _ inputShape: Shape, _ classes: Int, _ head: NetworkHead, _ seed: UInt64
  ) throws -> Model {
    let image = try Input(image: inputShape)
    var x = convolution(64, 7, stride: 2)(image, name: "conv1")
    x = ReLU()(norm()(x, name: "bn1"), name: "relu")
    // Behind ReLU, zeros around the image are never the largest.
    x = MaxPool2D(3, stride: 2)(ZeroPad2D(1)(x, name: "maxpool_pad"), name: "maxpool")
    var channels = 64
    for (stage, count) in blocks.enumerated() {
      let width = 64 << stage
      let output = isDeep ? 4 * width : width
      for block in 0..<count {
        let stride = block == 0 && stage > 0 ? 2 : 1
        let name = "layer\(stage + 1)_\(block)"
        let shortcut = stride == 1 && channels == output ? x : projected(x, name, output, stride: stride)
        x = Add()(
          [isDeep ? deep(x, name, width, stride) : plain(x, name, width, stride), shortcut], name: "\(name)_add")
        x = ReLU()(x, name: name)
        channels = output
      }
    }
    let output = head(x, names: .init(average: "avgpool", maximum: "maxpool_all")) { x, activation in
      Dense(classes, activation: activation)(GlobalAveragePool2D()(x, name: "avgpool"), name: "fc")
    }
    return try Model(input: image, output: output, seed: seed)
  }

  /// The shortcut of a block that changes the shape.
  private static func projected(_ x: SymbolicValue, _ name: String, _ output: Int, stride: Int) -> SymbolicValue {
    norm()(convolution(output, 1, stride: stride)(x, name: "\(name)_downsample_0"), name: "\(name)_downsample_1")
  }

  /// Two convolutions.
  private static func plain(_ x: SymbolicValue, _ name: String, _ width: Int, _ stride: Int) -> SymbolicValue {
    var x = norm()(convolution(width, 3, stride: stride)(x, name: "\(name)_conv1"), name: "\(name)_bn1")
    x = ReLU()(x, name: "\(name)_relu1")
    return norm()(convolution(width, 3)(x, name: "\(name)_conv2"), name: "\(name)_bn2")
  }

  /// Three convolutions, the middle one narrow.
  private static func deep(_ x: SymbolicValue, _ name: String, _ width: Int, _ stride: Int) -> SymbolicValue {
    var x = norm()(convolution(width, 1)(x, name: "\(name)_conv1"), name: "\(name)_bn1")
    x = ReLU()(x, name: "\(name)_relu1")
    x = norm()(convolution(width, 3, stride: stride)(x, name: "\(name)_conv2"), name: "\(name)_bn2")
    x = ReLU()(x, name: "\(name)_relu2")
    return norm()(convolution(4 * width, 1)(x, name: "\(name)_conv3"), name: "\(name)_bn3")
  }
}
