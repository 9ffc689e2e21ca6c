import NN
import Tensor

extension Model {
  /// InceptionResNetV2: Inception modules that add a small multiple of what they make to their input.
  ///
  /// Christian Szegedy, Sergey Ioffe, Vincent Vanhoucke and Alex Alemi, *Inception-v4, Inception-ResNet and the Impact of
  /// Residual Connections on Learning*, AAAI 2017, arXiv 1602.07261, figure 15, and the authors' code. Graph and names are
  /// those of Keras's `InceptionResNetV2`. Pixels: ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 75 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func inceptionResNetV2(
    inputShape: Shape = [3, 299, 299], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape, minimum: 75)
    var parts = InceptionParts()
    var x = parts.convolution(image, 32, 3, stride: 2, padding: .valid)
    x = parts.convolution(x, 32, 3, padding: .valid)
    x = parts.maxPool(parts.convolution(x, 64, 3))
    x = parts.convolution(x, 80, 1, padding: .valid)
    x = parts.maxPool(parts.convolution(x, 192, 3, padding: .valid))
    x = parts.stem(x)
    // 35×35 for photos of 299×299.
    for number in 1...10 {
      x = parts.residual(
        x, [[(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]], channels: 320, scale: 0.17,
        name: "block35_\(number)")
    }
    x = parts.firstReduction(x)
    // 17×17.
    for number in 1...20 {
      x = parts.residual(
        x, [[(192, 1)], [(128, 1), (160, Size(height: 1, width: 7)), (192, Size(height: 7, width: 1))]], channels: 1088,
        scale: 0.1, name: "block17_\(number)")
    }
    x = parts.secondReduction(x)
    // 8×8.
    for number in 1...10 {
      x = parts.residual(
        x, [[(192, 1)], [(192, 1), (224, Size(height: 1, width: 3)), (256, Size(height: 3, width: 1))]], channels: 2080,
        scale: number < 10 ? 0.2 : 1, isActive: number < 10, name: "block8_\(number)")
    }
    x = Conv2D(1536, kernelSize: 1, padding: .same, useBias: false)(x, name: "conv_7b")
    x = ActivationLayer(.relu)(BatchNorm(useScale: false)(x, name: "conv_7b_bn"), name: "conv_7b_ac")
    return try Model(input: image, output: head(x, classes: classes, names: .long), seed: seed)
  }
}

extension InceptionParts {
  /// The module before the residual ones.
  fileprivate mutating func stem(_ x: SymbolicValue) -> SymbolicValue {
    let branches = [
      convolution(x, 96, 1), chain(x, [(48, 1), (64, 5)]), chain(x, [(64, 1), (96, 3), (96, 3)]), averaged(x, 64),
    ]
    return Concatenate()(branches, name: "mixed_5b")
  }

  /// Branches, joined and brought to the channels of the input, times a small number, plus the input.
  fileprivate mutating func residual(
    _ x: SymbolicValue, _ branches: [[(filters: Int, kernelSize: Size)]], channels: Int, scale: Float,
    isActive: Bool = true, name: String
  ) -> SymbolicValue {
    let mixed = Concatenate()(branches.map { chain(x, $0) }, name: "\(name)_mixed")
    let up = Conv2D(channels, kernelSize: 1, padding: .same)(mixed, name: "\(name)_conv")
    let sum = ScaledAdd(scale: scale)([x, up], name: numbers.next("custom_scale_layer"))
    return isActive ? ActivationLayer(.relu)(sum, name: "\(name)_ac") : sum
  }

  /// From 35×35 to 17×17.
  fileprivate mutating func firstReduction(_ x: SymbolicValue) -> SymbolicValue {
    let single = convolution(x, 384, 3, stride: 2, padding: .valid)
    let double = convolution(chain(x, [(256, 1), (256, 3)]), 384, 3, stride: 2, padding: .valid)
    return Concatenate()([single, double, maxPool(x)], name: "mixed_6a")
  }

  /// From 17×17 to 8×8.
  fileprivate mutating func secondReduction(_ x: SymbolicValue) -> SymbolicValue {
    let first = convolution(convolution(x, 256, 1), 384, 3, stride: 2, padding: .valid)
    let second = convolution(convolution(x, 256, 1), 288, 3, stride: 2, padding: .valid)
    let third = convolution(chain(x, [(256, 1), (288, 3)]), 320, 3, stride: 2, padding: .valid)
    return Concatenate()([first, second, third, maxPool(x)], name: "mixed_7a")
  }
}
