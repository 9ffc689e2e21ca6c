import Autograd
import Tensor

/// The function at the end of a layer. Those with a name in Keras have its formula and its constants, but for ``sparsemax``,
/// of which Keras 3.15 computes another function.
///
/// But for the three of whole lines, ``softmax``, ``logSoftmax`` and ``sparsemax``, each element is treated by itself.
public enum Activation: Hashable, Sendable {
  /// x
  case linear
  /// max(x, 0)
  case relu
  /// min(x, maximum) above the threshold, slope · (x - threshold) up to it: ``relu`` and ``leakyReLU(slope:)`` with a bound.
  /// The derivative at the threshold is the slope, at the maximum 0.
  case boundedReLU(maximum: Float, slope: Float = 0, threshold: Float = 0)
  /// x where positive, slope · x elsewhere; the derivative at 0 is the slope.
  case leakyReLU(slope: Float)
  /// x where positive, α (eˣ - 1) elsewhere (Clevert et al. 2015).
  case elu(alpha: Float = 1)
  /// x where positive, α (e^(x / α) - 1) elsewhere (Barron 2017).
  case celu(alpha: Float = 1)
  /// λ x where positive, λ α (eˣ - 1) elsewhere, with λ ≈ 1.0507 and α ≈ 1.6733 (Klambauer et al. 2017).
  case selu
  /// x σ(x), with the logistic function σ: swish (Ramachandran et al. 2017).
  case silu
  /// x Φ(x), with the normal distribution Φ (Hendrycks and Gimpel 2016).
  case gelu
  /// x (1 + tanh(√(2 / π) (x + 0.044715 x³))) / 2, close to ``gelu``.
  case tanhGELU
  /// x tanh(log(1 + eˣ)) (Misra 2019)
  case mish
  /// The logistic function σ, 1 / (1 + e⁻ˣ)
  case sigmoid
  /// min(max(x / 6 + 1 / 2, 0), 1)
  case hardSigmoid
  /// min(max(slope · x + 1 / 2, 0), 1). In Keras 2 the hard sigmoid has the slope 0.2, in Keras 3 that of ``hardSigmoid``.
  case hardSigmoidWithSlope(Float)
  /// x · min(max(x / 6 + 1 / 2, 0), 1): hard swish (Howard et al. 2019).
  case hardSiLU
  /// log σ(x), with the logistic function σ
  case logSigmoid
  /// min(max((x + 1) / 2, 0), 1)
  case sparseSigmoid
  /// tanh x
  case tanh
  /// min(max(x, -1), 1)
  case hardTanh
  /// x - tanh x
  case tanhShrink
  /// x moved towards 0 by the threshold, as far as 0
  case softShrink(threshold: Float = 0.5)
  /// x where its magnitude is above the threshold, 0 elsewhere
  case hardShrink(threshold: Float = 0.5)
  /// log(1 + eˣ)
  case softplus
  /// (x + √(x² + b)) / 2 (Barron 2021)
  case squareplus(b: Float = 4)
  /// 0 up to -1, x from 1 on, (x + 1)² / 4 between
  case sparsePlus
  /// x / (1 + |x|)
  case softsign
  /// eˣ
  case exponential
  /// e^xᵢ / Σⱼ e^xⱼ along the class axis: over C of images `[N, C, H, W]`, over the last axis of other batches.
  case softmax
  /// xᵢ - log Σⱼ e^xⱼ along the class axis: the logarithm of ``softmax``.
  case logSoftmax
  /// The probabilities nearest to x along the class axis, many of them 0 (Martins and Astudillo 2016).
  case sparsemax

  /// max(x, 0), at most 6
  public static var relu6: Activation { .boundedReLU(maximum: 6) }

  /// The function applied to a batch.
  public func callAsFunction(_ x: Variable<Float>) -> Variable<Float> {
    switch self {
    case .linear: x
    case .relu: x.relu()
    case .boundedReLU(let maximum, let slope, let threshold):
      x.boundedReLU(maximum: maximum, slope: slope, threshold: threshold)
    case .leakyReLU(let slope): x.leakyReLU(slope: slope)
    case .elu(let alpha): x.elu(alpha: alpha)
    case .celu(let alpha): x.celu(alpha: alpha)
    case .selu: x.selu()
    case .silu: x.silu()
    case .gelu: x.gelu()
    case .tanhGELU: x.tanhGELU()
    case .mish: x.mish()
    case .sigmoid: x.sigmoid()
    case .hardSigmoid: x.hardSigmoid()
    case .hardSigmoidWithSlope(let slope): x.hardSigmoid(slope: slope)
    case .hardSiLU: x.hardSiLU()
    case .logSigmoid: x.logSigmoid()
    case .sparseSigmoid: x.sparseSigmoid()
    case .tanh: x.tanh()
    case .hardTanh: x.hardTanh()
    case .tanhShrink: x.tanhShrink()
    case .softShrink(let threshold): x.softShrink(threshold: threshold)
    case .hardShrink(let threshold): x.hardShrink(threshold: threshold)
    case .softplus: x.softplus()
    case .squareplus(let b): x.squareplus(b: b)
    case .sparsePlus: x.sparsePlus()
    case .softsign: x.softsign()
    case .exponential: x.exp()
    case .softmax: x.softmax(axis: channelAxis(of: x.shape))
    case .logSoftmax: x.logSoftmax(axis: channelAxis(of: x.shape))
    case .sparsemax: x.sparsemax(axis: channelAxis(of: x.shape))
    }
  }

  /// The largest value of a function min(max(x, 0), maximum), infinity for ``relu``; `nil` for any other function.
  ///
  /// What is computed before such a function can apply it on the way.
  package var rectifierMaximum: Float? {
    switch self {
    case .relu: .infinity
    case .boundedReLU(let maximum, slope: 0, threshold: 0): maximum
    default: nil
    }
  }
}
