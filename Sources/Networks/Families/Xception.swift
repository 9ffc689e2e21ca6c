import NN
import Tensor

extension Model {
  /// Xception: an Inception network whose modules are depthwise separable convolutions, with shortcuts.
  ///
  /// François Chollet, *Xception: Deep Learning with Depthwise Separable Convolutions*, CVPR 2017, arXiv 1610.02357, figure 5.
  /// Graph and names are those of Keras's `Xception`. Pixels: ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 71 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func xception(
    inputShape: Shape = [3, 299, 299], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape, minimum: 71)
    var numbers = LayerNumbers()
    var x = image
    for (number, filters, stride) in [(1, 32, 2), (2, 64, 1)] {
      let name = "block1_conv\(number)"
      x = Conv2D(filters, kernelSize: 3, stride: Size(stride), useBias: false)(x, name: name)
      x = relu(BatchNorm()(x, name: "\(name)_bn"), "\(name)_act")
    }
    for (block, filters) in [(2, [128, 128]), (3, [256, 256]), (4, [728, 728])] {
      x = reduction(x, filters, block: block, startsActive: block > 2, &numbers)
    }
    for block in 5...12 {
      var y = x
      for number in 1...3 { y = separable(relu(y, "block\(block)_sepconv\(number)_act"), 728, block, number) }
      x = Add()([y, x], name: numbers.next("add"))
    }
    x = reduction(x, [728, 1024], block: 13, startsActive: true, &numbers)
    for (number, filters) in [(1, 1536), (2, 2048)] {
      x = relu(separable(x, filters, 14, number), "block14_sepconv\(number)_act")
    }
    return try Model(input: image, output: head(x, classes: classes, names: .long), seed: seed)
  }
}

/// Two separable convolutions and pooling, and a strided convolution of single pixels as the shortcut.
private func reduction(
  _ x: SymbolicValue, _ filters: [Int], block: Int, startsActive: Bool, _ numbers: inout LayerNumbers
) -> SymbolicValue {
  let convolution = Conv2D(filters[1], kernelSize: 1, stride: 2, padding: .same, useBias: false)
  let shortcut = BatchNorm()(
    convolution(x, name: numbers.next("conv2d")), name: numbers.next("batch_normalization"))
  var y = startsActive ? relu(x, "block\(block)_sepconv1_act") : x
  y = relu(separable(y, filters[0], block, 1), "block\(block)_sepconv2_act")
  y = separable(y, filters[1], block, 2)
  y = MaxPool2D(3, stride: 2, padding: .same)(y, name: "block\(block)_pool")
  return Add()([y, shortcut], name: numbers.next("add"))
}

private func separable(_ x: SymbolicValue, _ filters: Int, _ block: Int, _ number: Int) -> SymbolicValue {
  let name = "block\(block)_sepconv\(number)"
  let y = SeparableConv2D(filters, kernelSize: 3, padding: .same, useBias: false)(x, name: name)
  return BatchNorm()(y, name: "\(name)_bn")
}

private func relu(_ x: SymbolicValue, _ name: String) -> SymbolicValue { ActivationLayer(.relu)(x, name: name) }
