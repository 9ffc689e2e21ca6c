import Autograd
import Tensor

/// The function at the end of a layer. All layers reach activations through this one place.
public enum Activation: Hashable, Sendable {
  /// x
  case linear
  /// max(x, 0)
  case relu
  /// x where positive, slope · x elsewhere.
  case leakyReLU(slope: Float)
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// tanh x
  case tanh
  /// e^xᵢ / Σⱼ e^xⱼ over the last axis, or over the channels of `[N, C, H, W]`.
  case softmax

  /// The function applied to a batch.
  public func callAsFunction(_ x: Variable<Float>) -> Variable<Float> {
    switch self {
    case .linear: x
    case .relu: x.relu()
    case .leakyReLU(let slope): x.relu() - (-x).relu() * slope
    case .sigmoid: x.sigmoid()
    case .tanh: x.tanh()
    case .softmax: x.softmax(axis: x.shape.rank == 4 ? 1 : -1)
    }
  }
}
