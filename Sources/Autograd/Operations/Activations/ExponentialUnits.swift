import Tensor

extension Variable {
  /// x of each element where positive, α (eˣ - 1) elsewhere (Clevert et al. 2015). d = dx, or α eˣ dx.
  /// The input is kept.
  public func elu(alpha: Scalar = 1) -> Variable {
    Variable(value.elu(alpha: alpha), from: (self, { [value] in $0.eluGradient(input: value, alpha: alpha) }))
  }

  /// max(x, 0) + min(α (e^(x / α) - 1), 0) of each element (Barron 2017). d = dx, or e^(x / α) dx where x is not positive.
  /// The input is kept.
  public func celu(alpha: Scalar = 1) -> Variable {
    Variable(value.celu(alpha: alpha), from: (self, { [value] in $0.celuGradient(input: value, alpha: alpha) }))
  }

  /// λ x of each element where positive, λ α (eˣ - 1) elsewhere, with λ ≈ 1.0507 and α ≈ 1.6733 (Klambauer et al. 2017).
  /// The input is kept.
  public func selu() -> Variable {
    Variable(value.selu(), from: (self, { [value] in $0.seluGradient(input: value) }))
  }
}
