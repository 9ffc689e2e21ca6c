import Autograd
import Tensor

/// The function at the end of a layer.
public enum Activation: Hashable, Sendable {
  /// x
  case linear
  /// max(x, 0)
  case relu
  /// x where positive, slope · x elsewhere; the derivative at 0 is the slope.
  case leakyReLU(slope: Float)
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// tanh x
  case tanh
  /// e^xᵢ / Σⱼ e^xⱼ along the class axis: over C in `[N, C]` and in `[N, C, …]`.
  case softmax

  /// The function applied to a batch.
  public func callAsFunction(_ x: Variable<Float>) -> Variable<Float> {
    switch self {
    case .linear: x
    case .relu: x.relu()
    case .leakyReLU(let slope): x.leakyReLU(slope: slope)
    case .sigmoid: x.sigmoid()
    case .tanh: x.tanh()
    case .softmax: x.softmax(axis: classAxis(of: x.shape))
    }
  }
}
