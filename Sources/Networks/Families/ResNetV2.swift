import NN
import Tensor

extension Model {
  /// ResNet with normalization and activation before each convolution, and stride 2 in the last block of a stage.
  ///
  /// Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun, *Identity Mappings in Deep Residual Networks*, ECCV 2016, arXiv
  /// 1603.05027, figure 4(e). Graph and names are those of Keras's `ResNet50V2`, `ResNet101V2` and `ResNet152V2`. Pixels:
  /// ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - depth: the number of layers.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func resNetV2(
    _ depth: ResNetDepth, inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    var numbers = LayerNumbers()
    var x = Conv2D(64, kernelSize: 7, stride: 2)(ZeroPad2D(3)(image, name: "conv1_pad"), name: "conv1_conv")
    x = MaxPool2D(3, stride: 2)(ZeroPad2D(1)(x, name: "pool1_pad"), name: "pool1_pool")
    for (stage, blocks) in depth.blocks.enumerated() {
      for block in 1...blocks {
        x = preactivatedBottleneck(
          x, filters: 64 << stage, stride: stage < 3 && block == blocks ? 2 : 1, changesChannels: block == 1,
          name: "conv\(stage + 2)_block\(block)", &numbers)
      }
    }
    x = normalizedReLU(x, norm: "post_bn", activation: "post_relu")
    return try Model(input: image, output: head(x, classes: classes), seed: seed)
  }
}

/// As the block of ResNet, with normalization and activation in front, so that nothing but sums lies on the shortcut.
private func preactivatedBottleneck(
  _ x: SymbolicValue, filters: Int, stride: Int, changesChannels: Bool, name: String, _ numbers: inout LayerNumbers
) -> SymbolicValue {
  let active = normalizedReLU(x, norm: "\(name)_preact_bn", activation: "\(name)_preact_relu")
  var shortcut = x
  if changesChannels {
    shortcut = Conv2D(4 * filters, kernelSize: 1, stride: Size(stride))(active, name: "\(name)_0_conv")
  } else if stride > 1 {
    shortcut = MaxPool2D(1, stride: Size(stride))(x, name: numbers.next("max_pooling2d"))
  }
  var y = Conv2D(filters, kernelSize: 1, useBias: false)(active, name: "\(name)_1_conv")
  y = normalizedReLU(y, norm: "\(name)_1_bn", activation: "\(name)_1_relu")
  y = ZeroPad2D(1)(y, name: "\(name)_2_pad")
  y = Conv2D(filters, kernelSize: 3, stride: Size(stride), useBias: false)(y, name: "\(name)_2_conv")
  y = normalizedReLU(y, norm: "\(name)_2_bn", activation: "\(name)_2_relu")
  y = Conv2D(4 * filters, kernelSize: 1)(y, name: "\(name)_3_conv")
  return Add()([shortcut, y], name: "\(name)_out")
}

private func normalizedReLU(_ x: SymbolicValue, norm: String, activation: String) -> SymbolicValue {
  ActivationLayer(.relu)(BatchNorm(epsilon: 1.001e-5)(x, name: norm), name: activation)
}
