import NN
import Tensor

extension TorchVision {
  /// The number of layers with weights of a ``vgg(_:isNormalized:inputShape:classes:head:seed:)``.
  public enum VGGDepth: Int, CaseIterable, Sendable {
    case layers11 = 11
    case layers13 = 13
    case layers16 = 16
    case layers19 = 19

    /// The number of convolutions before each pooling.
    fileprivate var convolutions: [Int] {
      switch self {
      case .layers11: [1, 1, 2, 2, 2]
      case .layers13: [2, 2, 2, 2, 2]
      case .layers16: [2, 2, 3, 3, 3]
      case .layers19: [2, 2, 4, 4, 4]
      }
    }
  }

  /// VGG (Simonyan and Zisserman 2015): 3×3 convolutions, pooling and fully connected layers. VGG-16 has 138,357,544
  /// parameters with 1,000 classes and photos of 224×224 pixels.
  ///
  /// torchvision pools the feature maps to 7×7 before the classifier. Photos of 224×224 pixels have this size; for other ones
  /// the first fully connected layer has another size here, and its weights do not fit.
  ///
  /// - Parameters:
  ///   - depth: the number of layers.
  ///   - isNormalized: whether a normalization follows each convolution, as in torchvision's `vgg16_bn`.
  ///   - inputShape: `[C, H, W]`, at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps, which are those of the last pooling.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small, `LayerError` for a number of classes below 1.
  public static func vgg(
    _ depth: VGGDepth, isNormalized: Bool = false, inputShape: Shape = [3, 224, 224], classes: Int = 1000,
    head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    var (x, number) = (image, 0)
    func next() -> String {
      number += 1
      return "features_\(number - 1)"
    }
    for (block, convolutions) in depth.convolutions.enumerated() {
      for _ in 0..<convolutions {
        x = Conv2D(min(64 << block, 512), kernelSize: 3, padding: .same, initializer: .heNormal)(x, name: next())
        if isNormalized { x = norm()(x, name: next()) }
        x = ReLU()(x, name: next())
      }
      x = MaxPool2D(2)(x, name: next())
    }
    let output = head(x) { x, activation in
      var y = Flatten()(x, name: "flatten")
      for index in [0, 3] {
        y = Dense(4096, activation: .relu)(y, name: "classifier_\(index)")
        y = Dropout(0.5)(y, name: "classifier_\(index + 2)")
      }
      return Dense(classes, activation: activation)(y, name: "classifier_6")
    }
    return try Model(input: image, output: output, seed: seed)
  }
}
