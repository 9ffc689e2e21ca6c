extension Tensor where Scalar: FloatingScalar {
  /// x of each element where positive, elsewhere x times the slope, which broadcasts; NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func parametricReLU(slope: Tensor) -> Tensor {
    Tensor.combined(self, slope, "parametricReLU") { $0.each { $0 > 0 ? $0 : $0 * $1 } }
  }

  /// 1 where the element is positive, elsewhere the slope, which broadcasts: the derivative of ``parametricReLU(slope:)``.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func parametricReLUDerivative(slope: Tensor) -> Tensor {
    Tensor.combined(self, slope, "parametricReLUDerivative") { $0.each { $0 > 0 ? 1 : $1 } }
  }

  /// The elements times those of `input` that are negative, 0 elsewhere: the gradient of ``parametricReLU(slope:)`` with respect
  /// to the slope before it is summed, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func parametricReLUSlopeGradient(input: Tensor) -> Tensor {
    Tensor.combined(self, input, "parametricReLUSlopeGradient") { $0.each { $1 < 0 ? $0 * $1 : 0 } }
  }
}
