import Tensor

extension Variable {
  /// x Φ(x) of each element, with the normal distribution Φ and its density φ (Hendrycks and Gimpel 2016).
  ///
  /// d = (Φ(x) + x φ(x)) dx. The input is kept.
  public func gelu() -> Variable {
    Variable(value.gelu(), from: (self, { [value] in $0.geluGradient(input: value) }))
  }

  /// x (1 + tanh(√(2 / π) (x + 0.044715 x³))) / 2 of each element: ``gelu()`` to about 5 · 10⁻⁴. The input is kept.
  public func tanhGELU() -> Variable {
    Variable(value.tanhGELU(), from: (self, { [value] in $0.tanhGELUGradient(input: value) }))
  }
}
