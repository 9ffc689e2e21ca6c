import Tensor

extension NormalizedActivation {
  /// The function by the operations of `Double`.
  func reference(_ z: Tensor<Double>) -> Tensor<Double> {
    switch self {
    case .linear: z
    case .relu: z.relu()
    case .boundedReLU(let maximum): z.boundedReLU(maximum: Double(maximum), slope: 0, threshold: 0)
    case .silu: z.silu()
    case .hardSiLU: z.hardSiLU()
    }
  }

  /// The gradient with respect to the argument z, from that with respect to the result.
  func referenceGradient(_ gradient: Tensor<Double>, at z: Tensor<Double>) -> Tensor<Double> {
    switch self {
    case .linear: gradient
    case .relu: gradient.masked(byPositive: z)
    case .boundedReLU(let maximum):
      gradient.boundedReLUGradient(input: z, maximum: Double(maximum), slope: 0, threshold: 0)
    case .silu: gradient.siluGradient(input: z)
    case .hardSiLU: gradient.hardSiLUGradient(input: z)
    }
  }
}

extension Tensor where Scalar == Float {
  /// Images with their channels innermost in memory; what is no image stays as it is.
  var withChannelsInnermost: Tensor {
    rank == 4 ? permuted([0, 2, 3, 1]).contiguous().permuted([0, 3, 1, 2]) : self
  }
}
