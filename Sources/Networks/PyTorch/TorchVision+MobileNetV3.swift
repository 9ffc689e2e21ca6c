import NN
import Tensor

extension TorchVision {
  /// MobileNetV3 (Howard et al. 2019): the blocks of MobileNetV2 with squeeze and excitation and hard swish, found by search.
  /// With 1,000 classes the small one has 2,542,856 parameters, the large one 5,483,032.
  ///
  /// - Parameters:
  ///   - size: small or large.
  ///   - inputShape: `[C, H, W]`, at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - epsilon: of the normalizations: 1e-3 in torchvision, 1e-5 in timm's `mobilenetv3_large_100`.
  ///   - head: what stands behind the feature maps, which are those of the last convolution.
  ///   - seed: of the random weights.
  /// - Throws: ``NetworkError`` for an input that is too small, `LayerError` for a number of classes below 1.
  public static func mobileNetV3(
    _ size: Model.MobileNetV3Size, inputShape: Shape = [3, 224, 224], classes: Int = 1000, epsilon: Float = 1e-3,
    head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    func parts(_ isHardSwish: Bool) -> MobileParts {
      MobileParts(
        activation: isHardSwish ? .hardSiLU : .relu, gate: .relu, attention: .hardSigmoid, epsilon: epsilon)
    }
    var channels = 16
    var x = parts(true).activated(convolution(channels, 3, stride: 2), image, "features_0")
    for (index, row) in size.rows.enumerated() {
      let inner = channelCount(Double(channels) * row.expansion)
      x = parts(row.isHardSwish).block(
        x, "features_\(index + 1)", inputs: channels, inner: inner, outputs: row.filters, kernelSize: row.kernelSize,
        stride: row.stride, narrow: row.squeezes ? channelCount(Double(inner / 4)) : nil)
      channels = row.filters
    }
    x = parts(true).activated(convolution(6 * channels, 1), x, "features_\(size.rows.count + 1)")
    let output = head(x) { x, activation in
      var y = GlobalAveragePool2D()(x, name: "avg_pool")
      y = Dense(size.features, activation: .hardSiLU)(y, name: "classifier_0")
      y = Dropout(0.2)(y, name: "classifier_2")
      return Dense(classes, activation: activation)(y, name: "classifier_3")
    }
    return try Model(input: image, output: output, seed: seed)
  }
}
