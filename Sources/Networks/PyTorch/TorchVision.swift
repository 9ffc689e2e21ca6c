import NN
import Tensor

/// The networks of the library torchvision, with random weights.
///
/// They differ from those of Keras in what a file of weights does not say: convolutions of stride 2 have the same padding
/// on all sides, and the ε of normalizations is 1e-5. The layers have torchvision's names with `_` for each dot:
/// `layer1_0_conv1`, `features_1_conv_0_0`, so that its state dicts fit.
///
/// ```swift
/// let model = try TorchVision.resNet50(head: .logits)
/// try model.load(pyTorch: PyTorchFile(contentsOf: "resnet50.pth").tensors)
/// ```
///
/// Inputs of the published weights are RGB bytes b as (b / 255 - mean) / deviation, with the means 0.485, 0.456, 0.406 and
/// the deviations 0.229, 0.224, 0.225.
public enum TorchVision {}

extension TorchVision {
  /// A normalization with PyTorch's constants: its momentum of 0.1 is the share of the new value.
  static func norm() -> BatchNorm { BatchNorm(momentum: 0.9, epsilon: 1e-5) }

  /// A convolution without bias, whose padding is half the kernel on each side.
  static func convolution(_ filters: Int, _ kernel: Int, stride: Int = 1) -> Conv2D {
    Conv2D(
      filters, kernelSize: Size(kernel), stride: Size(stride), padding: margin(kernel), useBias: false,
      initializer: .heNormal)
  }

  /// A convolution of each channel by itself, padded alike.
  static func depthwise(_ kernel: Int, stride: Int) -> DepthwiseConv2D {
    DepthwiseConv2D(
      kernelSize: Size(kernel), stride: Size(stride), padding: margin(kernel), useBias: false, initializer: .heNormal)
  }

  private static func margin(_ kernel: Int) -> Padding {
    let margin = kernel / 2
    return margin == 0 ? .valid : .explicit(top: margin, bottom: margin, left: margin, right: margin)
  }
}
