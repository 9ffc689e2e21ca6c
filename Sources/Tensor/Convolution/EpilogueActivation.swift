import CKernels

/// A function that a convolution applies to its results before it writes them.
public enum EpilogueActivation: Hashable, Sendable {
  /// min(max(x, low), high); NaN stays NaN.
  case clipped(low: Float, high: Float)
  /// x where positive, slope · x elsewhere.
  case leakyReLU(slope: Float)
  /// min(max(x / 6 + 1 / 2, 0), 1)
  case hardSigmoid
  /// x · min(max(x / 6 + 1 / 2, 0), 1)
  case hardSiLU

  /// x
  public static var linear: EpilogueActivation { .clipped(low: -.infinity, high: .infinity) }
  /// max(x, 0)
  public static var relu: EpilogueActivation { .clipped(low: 0, high: .infinity) }

  /// Whether a larger x never gives less, so that the maximum of results may be taken before the function.
  public var neverFalls: Bool {
    switch self {
    case .clipped, .hardSigmoid: true
    case .leakyReLU(let slope): slope >= 0
    case .hardSiLU: false
    }
  }

  /// The function in the form that the kernels take.
  var code: kilim_activation {
    switch self {
    case .clipped(let low, let high): kilim_activation(function: code(KILIM_EPILOGUE_CLIP), low: low, high: high)
    case .leakyReLU(let slope): kilim_activation(function: code(KILIM_EPILOGUE_LEAKY), low: slope, high: 0)
    case .hardSigmoid: kilim_activation(function: code(KILIM_EPILOGUE_HARD_SIGMOID), low: 0, high: 0)
    case .hardSiLU: kilim_activation(function: code(KILIM_EPILOGUE_HARD_SILU), low: 0, high: 0)
    }
  }

  private func code(_ function: kilim_epilogue_function) -> Int32 { Int32(function.rawValue) }
}
