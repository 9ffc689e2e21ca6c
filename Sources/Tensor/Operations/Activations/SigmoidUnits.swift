import CKernels

extension Tensor where Scalar: FloatingScalar {
  /// The gradient of ``sigmoid()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sigmoidGradient(output: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_SIGMOID, output, 0) { return result }
    return Tensor.combined(self, output, "sigmoidGradient") { $0.each { $0 * $1 * (1 - $1) } }
  }

  /// The gradient of ``tanh()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tanhGradient(output: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_TANH, output, 0) { return result }
    return Tensor.combined(self, output, "tanhGradient") { $0.each { $0 * (1 - $1 * $1) } }
  }

  /// x σ(x) of each element, with the logistic function σ: SiLU or swish (Ramachandran et al. 2017).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func silu() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_SILU, 0) { return result }
    return mapped { $0.each { $0 * logistic($0) } }
  }

  /// The gradient of ``silu()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func siluGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_SILU, input, 0) { return result }
    return Tensor.combined(self, input, "siluGradient") {
      $0.each {
        let s = logistic($1)
        return $0 * s * (1 + $1 * (1 - s))
      }
    }
  }

  /// log(1 + eˣ) of each element, without overflow for large numbers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func softplus() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_SOFTPLUS, 0) { return result }
    return mapped { $0.each { logOnePlusExp($0) } }
  }

  /// The gradient of ``softplus()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func softplusGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_SOFTPLUS, input, 0) { return result }
    return Tensor.combined(self, input, "softplusGradient") { $0.each { $0 * logistic($1) } }
  }

  /// log σ(x) of each element, with the logistic function σ: -log(1 + e⁻ˣ).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func logSigmoid() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_LOG_SIGMOID, 0) { return result }
    return mapped { $0.each { -logOnePlusExp(-$0) } }
  }

  /// The gradient of ``logSigmoid()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func logSigmoidGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_LOG_SIGMOID, input, 0) { return result }
    return Tensor.combined(self, input, "logSigmoidGradient") { $0.each { $0 * logistic(-$1) } }
  }

  /// x tanh(log(1 + eˣ)) of each element (Misra 2019).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func mish() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_MISH, 0) { return result }
    return mapped { $0.each { $0 * Scalar.tanh(logOnePlusExp($0)) } }
  }

  /// The gradient of ``mish()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func mishGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_MISH, input, 0) { return result }
    return Tensor.combined(self, input, "mishGradient") {
      $0.each {
        let t = Scalar.tanh(logOnePlusExp($1))
        return $0 * (t + $1 * (1 - t * t) * logistic($1))
      }
    }
  }
}

/// 1 / (1 + e⁻ˣ), without overflow.
@inline(__always)
private func logistic<Scalar: FloatingScalar>(_ x: Scalar) -> Scalar {
  let e = Scalar.exp(-abs(x))
  return (x < 0 ? e : 1) / (1 + e)
}

/// log(1 + eˣ), without overflow; NaN stays NaN.
@inline(__always)
private func logOnePlusExp<Scalar: FloatingScalar>(_ x: Scalar) -> Scalar {
  (x < 0 ? 0 : x) + Scalar.logOnePlus(Scalar.exp(-abs(x)))
}
