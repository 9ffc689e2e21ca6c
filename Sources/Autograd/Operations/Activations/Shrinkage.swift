import Tensor

extension Variable {
  /// x of each element whose magnitude is above the threshold, 0 elsewhere. The gradient passes there.
  /// The input is kept.
  public func hardShrink(threshold: Scalar = 0.5) -> Variable {
    Variable(
      value.hardShrink(threshold: threshold),
      from: (self, { [value] in $0.hardShrinkGradient(input: value, threshold: threshold) }))
  }

  /// Each element moved towards 0 by the threshold, as far as 0. The gradient passes where the result is not 0.
  /// The input is kept.
  public func softShrink(threshold: Scalar = 0.5) -> Variable {
    Variable(
      value.softShrink(threshold: threshold),
      from: (self, { [value] in $0.hardShrinkGradient(input: value, threshold: threshold) }))
  }

  /// x - tanh x of each element. d = tanh² x dx. The input is kept.
  public func tanhShrink() -> Variable {
    Variable(value.tanhShrink(), from: (self, { [value] in $0.tanhShrinkGradient(input: value) }))
  }
}
