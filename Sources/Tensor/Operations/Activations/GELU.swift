import CKernels

extension Tensor where Scalar: FloatingScalar {
  /// x Φ(x) of each element, with the normal distribution Φ(x) = (1 + erf(x / √2)) / 2 (Hendrycks and Gimpel 2016).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func gelu() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_GELU, 0) { return result }
    return mapped { $0.each { $0 * normalShare($0) } }
  }

  /// The gradient of ``gelu()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func geluGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_GELU, input, 0) { return result }
    return Tensor.combined(self, input, "geluGradient") { $0.each { $0 * (normalShare($1) + $1 * normalDensity($1)) } }
  }

  /// x (1 + tanh(√(2 / π) (x + 0.044715 x³))) / 2 of each element: ``gelu()`` to about 5 · 10⁻⁴.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tanhGELU() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_TANH_GELU, 0) { return result }
    return mapped { $0.each { $0 * (1 + Scalar.tanh(tanhArgument($0))) / 2 } }
  }

  /// The gradient of ``tanhGELU()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tanhGELUGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_TANH_GELU, input, 0) { return result }
    return Tensor.combined(self, input, "tanhGELUGradient") {
      $0.each {
        let t = Scalar.tanh(tanhArgument($1))
        return $0 * ((1 + t) + $1 * (1 - t * t) * tanhArgumentSlope($1)) / 2
      }
    }
  }
}

/// The normal distribution.
@inline(__always)
private func normalShare<Scalar: FloatingScalar>(_ x: Scalar) -> Scalar {
  (1 + Scalar.erf(x * Scalar(0.5.squareRoot()))) / 2
}

/// The density of the normal distribution, its derivative.
@inline(__always)
private func normalDensity<Scalar: FloatingScalar>(_ x: Scalar) -> Scalar {
  Scalar.exp(-x * x / 2) * Scalar(0.398_942_280_401_432_7)
}

/// √(2 / π) (x + 0.044715 x³)
@inline(__always)
private func tanhArgument<Scalar: FloatingScalar>(_ x: Scalar) -> Scalar {
  Scalar(0.797_884_560_802_865_4) * x * (1 + Scalar(0.044715) * x * x)
}

/// The derivative of the former.
@inline(__always)
private func tanhArgumentSlope<Scalar: FloatingScalar>(_ x: Scalar) -> Scalar {
  Scalar(0.797_884_560_802_865_4) * (1 + 3 * Scalar(0.044715) * x * x)
}
