import CKernels

/// A function that a convolution applies to its results before it writes them.
public enum EpilogueActivation: Hashable, Sendable {
  /// min(max(x, low), high); NaN stays NaN.
  case clipped(low: Float, high: Float)
  /// x where positive, slope · x elsewhere.
  case leakyReLU(slope: Float)
  /// x where positive, α (eˣ - 1) elsewhere.
  case elu(alpha: Float)
  /// λ x where positive, λ α (eˣ - 1) elsewhere.
  case selu
  /// x σ(x), with the logistic function σ.
  case silu
  /// x Φ(x), with the normal distribution Φ.
  case gelu
  /// x (1 + tanh(√(2 / π) (x + 0.044715 x³))) / 2
  case tanhGELU
  /// x tanh(log(1 + eˣ))
  case mish
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// min(max(x / 6 + 1 / 2, 0), 1)
  case hardSigmoid
  /// x · min(max(x / 6 + 1 / 2, 0), 1)
  case hardSiLU
  /// tanh x
  case tanh
  /// log(1 + eˣ)
  case softplus
  /// eˣ
  case exponential

  /// x
  public static var linear: EpilogueActivation { .clipped(low: -.infinity, high: .infinity) }
  /// max(x, 0)
  public static var relu: EpilogueActivation { .clipped(low: 0, high: .infinity) }

  /// Whether a larger x never gives less, so that the maximum of results may be taken before the function.
  public var neverFalls: Bool {
    switch self {
    case .clipped, .hardSigmoid: true
    case .leakyReLU(let slope): slope >= 0
    // Their values are rounded, and of neighbours the larger one may come out smaller.
    default: false
    }
  }

  /// The function in the form that the kernels take.
  var code: kilim_activation {
    func function(_ function: kilim_function, _ parameter: Float = 0) -> kilim_activation {
      kilim_activation(function: function, parameter: parameter, low: 0, high: 0)
    }
    return switch self {
    case .clipped(let low, let high): kilim_activation(function: KILIM_IDENTITY, parameter: 0, low: low, high: high)
    case .leakyReLU(let slope): function(KILIM_LEAKY_RELU, slope)
    case .elu(let alpha): function(KILIM_ELU, alpha)
    case .selu: function(KILIM_SELU)
    case .silu: function(KILIM_SILU)
    case .gelu: function(KILIM_GELU)
    case .tanhGELU: function(KILIM_TANH_GELU)
    case .mish: function(KILIM_MISH)
    case .sigmoid: function(KILIM_SIGMOID)
    case .hardSigmoid: function(KILIM_HARD_SIGMOID)
    case .hardSiLU: function(KILIM_HARD_SILU)
    case .tanh: function(KILIM_TANH)
    case .softplus: function(KILIM_SOFTPLUS)
    case .exponential: function(KILIM_EXP)
    }
  }
}
