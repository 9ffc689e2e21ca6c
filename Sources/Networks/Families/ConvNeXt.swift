import NN
import Tensor

extension Model {
  /// The sizes of ``convNeXt(_:inputShape:classes:includesPreprocessing:head:seed:)``.
  public enum ConvNeXtSize: String, CaseIterable, Sendable {
    case tiny, small, base, large, xLarge

    /// As in Keras's names of the networks.
    var name: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    /// The number of blocks in each of the four stages.
    var blocks: [Int] { self == .tiny ? [3, 3, 9, 3] : [3, 3, 27, 3] }
    /// The number of channels in the first stage; each of the others has twice as many as the one before.
    var channels: Int {
      switch self {
      case .tiny, .small: 96
      case .base: 128
      case .large: 192
      case .xLarge: 256
      }
    }
  }

  /// ConvNeXt: a convolutional network with the proportions and the details of vision transformers.
  ///
  /// Zhuang Liu, Hanzi Mao, Chao-Yuan Wu, Christoph Feichtenhofer, Trevor Darrell and Saining Xie, *A ConvNet for the 2020s*,
  /// CVPR 2022, arXiv 2201.03545, figure 4 and section 3. Graph and names are those of Keras's `ConvNeXtTiny` to
  /// `ConvNeXtXLarge`. Pixels: ``PixelScale/bytes``, or without preprocessing ``PixelScale/standardized``.
  ///
  /// - Parameters:
  ///   - size: tiny to xLarge.
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 32 rows and columns.
  ///   - classes: the number of classes.
  ///   - includesPreprocessing: whether the network scales pixels from 0 to 255 itself; it does so for three channels alone.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func convNeXt(
    _ size: ConvNeXtSize, inputShape: Shape = [3, 224, 224], classes: Int = 1000, includesPreprocessing: Bool = true,
    head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape)
    let name = "convnext_\(size.rawValue.lowercased())"
    var numbers = LayerNumbers()
    var x = image
    if includesPreprocessing, inputShape[0] == 3 { x = standardization()(x, name: "\(name)_prestem_normalization") }
    for (stage, blocks) in size.blocks.enumerated() {
      let channels = size.channels << stage
      x =
        stage == 0
        ? stem(channels, name)(x, name: "\(name)_stem")
        : downsampling(channels, stage - 1, name)(x, name: "\(name)_downsampling_block_\(stage - 1)")
      for block in 0..<blocks {
        let y = invertedBottleneck(x, channels, "\(name)_stage_\(stage)_block_\(block)")
        x = Add()([x, y], name: numbers.next("add"))
      }
    }
    var output = head(x, names: .long) { x, activation in
      let features = norm()(GlobalAveragePool2D()(x, name: "\(name)_head_gap"), name: "\(name)_head_layernorm")
      return Dense(classes, activation: activation)(features, name: "\(name)_head_dense")
    }
    if case .features = head { output = norm()(output, name: "layer_normalization") }
    return try Model(input: image, output: output, seed: seed)
  }
}

private func norm() -> LayerNorm { LayerNorm(epsilon: 1e-6) }

/// Pixels from 0 to 255 minus the mean of ImageNet, divided by the deviation.
private func standardization() -> DataNorm {
  func numbers(_ values: [Double]) -> Tensor<Float> { Tensor(shape: [3], scalars: values.map { Float($0) }) }
  return DataNorm(
    mean: numbers([0.485, 0.456, 0.406].map { $0 * 255 }),
    variance: numbers([0.229, 0.224, 0.225].map { ($0 * 255) * ($0 * 255) }))
}

/// Patches of 4×4 pixels.
private func stem(_ channels: Int, _ name: String) -> Sequential {
  Sequential {
    Conv2D(channels, kernelSize: 4, stride: 4).named("\(name)_stem_conv")
    norm().named("\(name)_stem_layernorm")
  }
}

/// Half of the rows and columns.
private func downsampling(_ channels: Int, _ number: Int, _ name: String) -> Sequential {
  Sequential {
    norm().named("\(name)_downsampling_layernorm_\(number)")
    Conv2D(channels, kernelSize: 2, stride: 2).named("\(name)_downsampling_conv_\(number)")
  }
}

/// A 7×7 window on each channel by itself, then two layers on each pixel, with four times as many channels between them.
private func invertedBottleneck(_ x: SymbolicValue, _ channels: Int, _ name: String) -> SymbolicValue {
  var y = Conv2D(channels, kernelSize: 7, padding: .same, groups: channels)(x, name: "\(name)_depthwise_conv")
  y = norm()(y, name: "\(name)_layernorm")
  y = Dense(4 * channels, actsOnPixels: true)(y, name: "\(name)_pointwise_conv_1")
  y = ActivationLayer(.gelu)(y, name: "\(name)_gelu")
  y = Dense(channels, actsOnPixels: true)(y, name: "\(name)_pointwise_conv_2")
  y = LayerScale(initialValue: 1e-6)(y, name: "\(name)_layer_scale")
  // Stochastic depth stands here in the paper; Keras's networks have it at rate 0.
  return ActivationLayer(.linear)(y, name: "\(name)_identity")
}
