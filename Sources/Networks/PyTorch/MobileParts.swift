import NN
import Tensor

/// The blocks of EfficientNet and MobileNetV3 as torchvision has them.
struct MobileParts {
  /// Behind each convolution but the last one of a block.
  let activation: Activation
  /// Between the two layers of squeeze and excitation, and behind them.
  let gate, attention: Activation
  /// Of the normalizations.
  let epsilon: Float

  /// A convolution, a normalization and the activation.
  func activated(_ convolution: any Layer, _ x: SymbolicValue, _ name: String) -> SymbolicValue {
    ActivationLayer(activation)(normalized(convolution, x, name), name: "\(name)_\(activation)")
  }

  /// Expands the channels, convolves each by itself, weighs them, and projects them; with a shortcut where the shapes agree.
  ///
  /// - Parameter narrow: the number of channels between the two layers of squeeze and excitation; `nil` for none.
  func block(
    _ x: SymbolicValue, _ name: String, inputs: Int, inner: Int, outputs: Int, kernelSize: Int, stride: Int,
    narrow: Int?
  ) -> SymbolicValue {
    var (y, part) = (x, 0)
    func next() -> String {
      part += 1
      return "\(name)_block_\(part - 1)"
    }
    if inner != inputs { y = activated(TorchVision.convolution(inner, 1), y, next()) }
    y = activated(TorchVision.depthwise(kernelSize, stride: stride), y, next())
    if let narrow { y = weighed(y, inner, narrow, next()) }
    y = normalized(TorchVision.convolution(outputs, 1), y, next())
    return stride == 1 && inputs == outputs ? Add()([y, x], name: "\(name)_add") : y
  }

  private func normalized(_ convolution: any Layer, _ x: SymbolicValue, _ name: String) -> SymbolicValue {
    BatchNorm(momentum: 0.9, epsilon: epsilon)(convolution(x, name: "\(name)_0"), name: "\(name)_1")
  }

  /// Squeeze and excitation: each channel is multiplied by what two layers make of the means of all.
  private func weighed(_ x: SymbolicValue, _ channels: Int, _ narrow: Int, _ name: String) -> SymbolicValue {
    var weights = GlobalAveragePool2D(keepsAxes: true)(x, name: "\(name)_avgpool")
    weights = Conv2D(narrow, kernelSize: 1, activation: gate)(weights, name: "\(name)_fc1")
    weights = Conv2D(channels, kernelSize: 1, activation: attention)(weights, name: "\(name)_fc2")
    return Multiply()([x, weights], name: "\(name)_scale")
  }
}
