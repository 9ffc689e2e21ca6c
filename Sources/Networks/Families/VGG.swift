import NN
import Tensor

extension Model {
  /// The number of layers with weights of a ``vgg(_:inputShape:classes:head:seed:)``.
  public enum VGGDepth: Int, CaseIterable, Sendable {
    case layers16 = 16
    case layers19 = 19

    /// The number of convolutions before each pooling.
    var convolutions: [Int] {
      switch self {
      case .layers16: [2, 2, 3, 3, 3]
      case .layers19: [2, 2, 4, 4, 4]
      }
    }
  }

  /// VGG: nothing but 3×3 convolutions, pooling and fully connected layers.
  ///
  /// Karen Simonyan and Andrew Zisserman, *Very Deep Convolutional Networks for Large-Scale Image Recognition*, ICLR 2015,
  /// arXiv 1409.1556, table 1, columns D and E. Graph and names are those of Keras's `VGG16` and `VGG19`. Pixels:
  /// ``PixelScale/centredBGR``.
  ///
  /// - Parameters:
  ///   - depth: the number of layers.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns. The first fully connected layer
  ///     has weights for each pixel that is left of it.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func vgg(
    _ depth: VGGDepth, inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    var x = image
    for (block, convolutions) in depth.convolutions.enumerated() {
      let (filters, name) = (min(64 << block, 512), "block\(block + 1)")
      for convolution in 1...convolutions {
        x = Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)(x, name: "\(name)_conv\(convolution)")
      }
      x = MaxPool2D(2)(x, name: "\(name)_pool")
    }
    let output = head(x, names: .long) { x, activation in
      var y = Flatten(order: .channelsLast)(x, name: "flatten")
      y = Dense(4096, activation: .relu)(y, name: "fc1")
      y = Dense(4096, activation: .relu)(y, name: "fc2")
      return Dense(classes, activation: activation)(y, name: "predictions")
    }
    return try Model(input: image, output: output, seed: seed)
  }
}
