import NN
import Tensor

extension TorchVision {
  /// ConvNeXt (Liu et al. 2022): a convolutional network with the proportions and the details of vision transformers. The tiny
  /// one has 28,589,128 parameters with 1,000 classes.
  ///
  /// - Parameters:
  ///   - size: tiny to xLarge; torchvision has those up to large, timm all.
  ///   - inputShape: `[C, H, W]`, at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps, which are those of the last block, `features_7_2_add`.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small, `LayerError` for a number of classes below 1.
  public static func convNeXt(
    _ size: Model.ConvNeXtSize, inputShape: Shape = [3, 224, 224], classes: Int = 1000, head: NetworkHead = .softmax,
    seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    var x = image
    for (stage, blocks) in size.blocks.enumerated() {
      let channels = size.channels << stage
      let first = "features_\(2 * stage)"
      if stage == 0 {
        x = Conv2D(channels, kernelSize: 4, stride: 4)(x, name: "\(first)_0")
        x = layerNorm()(x, name: "\(first)_1")
      } else {
        x = Conv2D(channels, kernelSize: 2, stride: 2)(layerNorm()(x, name: "\(first)_0"), name: "\(first)_1")
      }
      for block in 0..<blocks { x = invertedBottleneck(x, channels, "features_\(2 * stage + 1)_\(block)_") }
    }
    let output = head(x) { x, activation in
      let features = layerNorm()(GlobalAveragePool2D()(x, name: "avg_pool"), name: "classifier_0")
      return Dense(classes, activation: activation)(features, name: "classifier_2")
    }
    return try Model(input: image, output: output, seed: seed)
  }

  private static func layerNorm() -> LayerNorm { LayerNorm(epsilon: 1e-6) }

  /// A 7×7 window on each channel by itself, then two layers on each pixel, with four times as many channels between them.
  private static func invertedBottleneck(_ x: SymbolicValue, _ channels: Int, _ name: String) -> SymbolicValue {
    var y = Conv2D(channels, kernelSize: 7, padding: .same, groups: channels)(x, name: "\(name)block_0")
    y = layerNorm()(y, name: "\(name)block_2")
    y = Dense(4 * channels, activation: .gelu, actsOnPixels: true)(y, name: "\(name)block_3")
    y = Dense(channels, actsOnPixels: true)(y, name: "\(name)block_5")
    return Add()([x, LayerScale(initialValue: 1e-6)(y, name: "\(name)layer_scale")], name: "\(name)add")
  }
}
