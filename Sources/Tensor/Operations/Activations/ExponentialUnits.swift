import CKernels

extension Tensor where Scalar: FloatingScalar {
  /// x of each element where positive, α (eˣ - 1) elsewhere (Clevert et al. 2015).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func elu(alpha: Scalar) -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_ELU, alpha) { return result }
    return mapped { $0.each { $0 > 0 ? $0 : alpha * Scalar.expMinusOne($0) } }
  }

  /// The gradient of ``elu(alpha:)`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func eluGradient(input: Tensor, alpha: Scalar) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_ELU, input, alpha) { return result }
    return Tensor.combined(self, input, "eluGradient") { $0.each { $1 > 0 ? $0 : $0 * alpha * Scalar.exp($1) } }
  }

  /// max(x, 0) + min(α (e^(x / α) - 1), 0) of each element, whose slope is the same on both sides of 0 (Barron 2017).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func celu(alpha: Scalar) -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_CELU, alpha) { return result }
    return mapped { $0.each { $0 > 0 ? $0 : alpha * Scalar.expMinusOne($0 / alpha) } }
  }

  /// The gradient of ``celu(alpha:)`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func celuGradient(input: Tensor, alpha: Scalar) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_CELU, input, alpha) { return result }
    return Tensor.combined(self, input, "celuGradient") { $0.each { $1 > 0 ? $0 : $0 * Scalar.exp($1 / alpha) } }
  }

  /// λ x of each element where positive, λ α (eˣ - 1) elsewhere, with λ ≈ 1.0507 and α ≈ 1.6733 (Klambauer et al. 2017).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func selu() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_SELU, 0) { return result }
    let (scale, negative) = SELU<Scalar>.scales
    return mapped { $0.each { $0 > 0 ? scale * $0 : negative * Scalar.expMinusOne($0) } }
  }

  /// The gradient of ``selu()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func seluGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_SELU, input, 0) { return result }
    let (scale, negative) = SELU<Scalar>.scales
    return Tensor.combined(self, input, "seluGradient") {
      $0.each { $1 > 0 ? $0 * scale : $0 * negative * Scalar.exp($1) }
    }
  }
}

/// The constants of SELU, for which activations keep mean 0 and variance 1 from layer to layer.
private enum SELU<Scalar: FloatingScalar> {
  /// λ, and λ α.
  static var scales: (positive: Scalar, negative: Scalar) {
    let (scale, alpha) = (1.050_700_987_355_480_5, 1.673_263_242_354_377_2)
    return (Scalar(scale), Scalar(scale * alpha))
  }
}
