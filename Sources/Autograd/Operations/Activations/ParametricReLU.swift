import Tensor

extension Variable {
  /// x of each element where positive, elsewhere x times the slope, which broadcasts (He et al. 2015).
  ///
  /// dx is the gradient where x is positive, elsewhere the slope times it; the slope's is Σ min(x, 0) dy. Both are kept.
  public func parametricReLU(slope: Variable) -> Variable {
    Variable(
      value.parametricReLU(slope: slope.value),
      from: (self, { [value, slope = slope.value] in $0 * value.parametricReLUDerivative(slope: slope) }),
      (slope, { [value] in $0.parametricReLUSlopeGradient(input: value) }))
  }
}
