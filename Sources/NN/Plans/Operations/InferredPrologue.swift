import Autograd
import Tensor

/// The layers before an ``InferredConvolution`` that it computes as it reads its input.
enum InferredPrologue: Sendable {
  case nothing
  /// A product with numbers of each channel of each image, `[N, C, 1, 1]`: the last input of the operation.
  case scaled
  /// A normalization by running statistics, and the ReLU behind it.
  case normalized(BatchNorm, appliesReLU: Bool)

  /// The values that it is made of.
  var storages: [TensorStorage] {
    if case .normalized(let layer, _) = self { layer.storages } else { [] }
  }

  /// The factors and shifts of a normalization; `nil` for what has none.
  var affine: (factor: Tensor<Float>, shift: Tensor<Float>)? {
    if case .normalized(let layer, _) = self { layer.affine } else { nil }
  }
}
