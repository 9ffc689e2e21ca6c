import Tensor

extension Variable {
  /// x σ(x) of each element, with the logistic function σ: SiLU or swish (Ramachandran et al. 2017).
  ///
  /// d = σ (1 + x (1 - σ)) dx. The input is kept.
  public func silu() -> Variable {
    Variable(value.silu(), from: (self, { [value] in $0.siluGradient(input: value) }))
  }

  /// log(1 + eˣ) of each element. d = σ(x) dx, with the logistic function σ. The input is kept.
  public func softplus() -> Variable {
    Variable(value.softplus(), from: (self, { [value] in $0.softplusGradient(input: value) }))
  }

  /// log σ(x) of each element, with the logistic function σ. d = σ(-x) dx. The input is kept.
  public func logSigmoid() -> Variable {
    Variable(value.logSigmoid(), from: (self, { [value] in $0.logSigmoidGradient(input: value) }))
  }

  /// x tanh s of each element with s = log(1 + eˣ) (Misra 2019).
  ///
  /// With the logistic function σ: d = (tanh s + x (1 - tanh² s) σ(x)) dx. The input is kept.
  public func mish() -> Variable {
    Variable(value.mish(), from: (self, { [value] in $0.mishGradient(input: value) }))
  }
}
