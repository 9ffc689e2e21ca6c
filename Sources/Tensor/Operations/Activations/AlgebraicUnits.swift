extension Tensor where Scalar: FloatingScalar {
  /// x / (1 + |x|) of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func softsign() -> Tensor {
    mapped { $0.each { $0 / (1 + Swift.abs($0)) } }
  }

  /// The gradient of ``softsign()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func softsignGradient(input: Tensor) -> Tensor {
    Tensor.combined(self, input, "softsignGradient") {
      $0.each {
        let d = 1 + Swift.abs($1)
        return $0 / (d * d)
      }
    }
  }

  /// (x + √(x² + b)) / 2 of each element (Barron 2021).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func squareplus(b: Scalar) -> Tensor {
    mapped { $0.each { ($0 + ($0 * $0 + b).squareRoot()) / 2 } }
  }

  /// The gradient of ``squareplus(b:)`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func squareplusGradient(input: Tensor, b: Scalar) -> Tensor {
    Tensor.combined(self, input, "squareplusGradient") { $0.each { $0 * (1 + $1 / ($1 * $1 + b).squareRoot()) / 2 } }
  }
}
