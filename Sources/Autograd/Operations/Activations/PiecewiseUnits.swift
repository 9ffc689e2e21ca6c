import Tensor

extension Variable {
  /// A rectifier with a maximum: min(x, maximum) of each element above the threshold, slope (x - threshold) elsewhere.
  ///
  /// The gradient passes above the threshold and below the maximum, is multiplied by the slope up to the threshold, and is 0
  /// from the maximum on. The input is kept.
  public func boundedReLU(maximum: Scalar, slope: Scalar = 0, threshold: Scalar = 0) -> Variable {
    Variable(
      value.boundedReLU(maximum: maximum, slope: slope, threshold: threshold),
      from: (
        self, { [value] in $0.boundedReLUGradient(input: value, maximum: maximum, slope: slope, threshold: threshold) }
      ))
  }

  /// min(max(slope · x + 1 / 2, 0), 1) of each element. The gradient is 0 where the result is 0 or 1. The input is kept.
  public func hardSigmoid(slope: Scalar = 1 / 6) -> Variable {
    clippedLine(scale: slope, offset: 0.5, to: 0...1)
  }

  /// min(max((x + 1) / 2, 0), 1) of each element. The gradient is 0 where the result is 0 or 1. The input is kept.
  public func sparseSigmoid() -> Variable {
    clippedLine(scale: 0.5, offset: 0.5, to: 0...1)
  }

  /// min(max(x, -1), 1) of each element. The gradient is 0 where the result is -1 or 1. The input is kept.
  public func hardTanh() -> Variable {
    clippedLine(scale: 1, offset: 0, to: -1...1)
  }

  private func clippedLine(scale: Scalar, offset: Scalar, to range: ClosedRange<Scalar>) -> Variable {
    Variable(
      value.clippedLine(scale: scale, offset: offset, to: range),
      from: (self, { [value] in $0.clippedLineGradient(input: value, scale: scale, offset: offset, to: range) }))
  }

  /// x · min(max(x / 6 + 1 / 2, 0), 1) of each element: hard swish (Howard et al. 2019). The input is kept.
  public func hardSiLU() -> Variable {
    Variable(value.hardSiLU(), from: (self, { [value] in $0.hardSiLUGradient(input: value) }))
  }

  /// 0 of each element up to -1, x from 1 on, (x + 1)² / 4 between. The input is kept.
  public func sparsePlus() -> Variable {
    Variable(value.sparsePlus(), from: (self, { [value] in $0.sparsePlusGradient(input: value) }))
  }
}
