import Autograd
import Tensor

/// A layer that in inference multiplies each channel by a number and adds another one.
protocol ChannelAffine: Layer, Sendable {
  /// The numbers of each channel, `[C]`.
  var affine: (factor: Tensor<Float>, shift: Tensor<Float>) { get }
  /// What they are made of.
  var storages: [TensorStorage] { get }
}

extension BatchNorm: ChannelAffine {}

extension LayerScale: ChannelAffine {
  var affine: (factor: Tensor<Float>, shift: Tensor<Float>) { (scale.value, Tensor(zeros: scale.value.shape)) }
  var storages: [TensorStorage] { [scale.storage] }
}
