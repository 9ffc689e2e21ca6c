extension Tensor where Scalar: FloatingScalar {
  /// x of each element whose magnitude is above the threshold, 0 elsewhere; NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func hardShrink(threshold: Scalar) -> Tensor {
    mapped { $0.each { Swift.abs($0) <= threshold ? 0 : $0 } }
  }

  /// The gradient of ``hardShrink(threshold:)`` and ``softShrink(threshold:)`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func hardShrinkGradient(input: Tensor, threshold: Scalar) -> Tensor {
    Tensor.combined(self, input, "hardShrinkGradient") { $0.each { Swift.abs($1) > threshold ? $0 : 0 } }
  }

  /// Each element moved towards 0 by the threshold, as far as 0; NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func softShrink(threshold: Scalar) -> Tensor {
    mapped { $0.each { $0 > threshold ? $0 - threshold : $0 < -threshold ? $0 + threshold : $0 == $0 ? 0 : $0 } }
  }

  /// x - tanh x of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tanhShrink() -> Tensor {
    mapped { $0.each { $0 - Scalar.tanh($0) } }
  }

  /// The gradient of ``tanhShrink()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tanhShrinkGradient(input: Tensor) -> Tensor {
    Tensor.combined(self, input, "tanhShrinkGradient") {
      $0.each {
        let t = Scalar.tanh($1)
        return $0 * t * t
      }
    }
  }
}
