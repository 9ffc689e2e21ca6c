import CKernels

extension Tensor where Scalar: FloatingScalar {
  /// A rectifier with a maximum: min(x, maximum) of each element above the threshold, slope (x - threshold) elsewhere.
  ///
  /// NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func boundedReLU(maximum: Scalar, slope: Scalar, threshold: Scalar) -> Tensor {
    if slope == 0 { return mapped { $0.each { $0 > threshold ? ($0 < maximum ? $0 : maximum) : $0 == $0 ? 0 : $0 } } }
    return mapped { $0.each { $0 > threshold ? ($0 < maximum ? $0 : maximum) : slope * ($0 - threshold) } }
  }

  /// The gradient of ``boundedReLU(maximum:slope:threshold:)`` with respect to its input, from that with respect to its
  /// result (this tensor): it passes above the threshold and below the maximum, is multiplied by the slope up to the
  /// threshold, and is 0 from the maximum on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func boundedReLUGradient(input: Tensor, maximum: Scalar, slope: Scalar, threshold: Scalar) -> Tensor {
    if slope == 0 && threshold == 0,
      let result = Scalar.fastKernels.functionGradient(self, KILIM_BOUNDED_RELU, input, maximum)
    {
      return result
    }
    return Tensor.combined(self, input, "boundedReLUGradient") {
      $0.each {
        $1 > threshold ? ($1 < maximum ? $0 : 0) : $0 * slope
      }
    }
  }

  /// scale · x + offset of each element, limited to the range; NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func clippedLine(scale: Scalar, offset: Scalar, to range: ClosedRange<Scalar>) -> Tensor {
    let (low, high) = (range.lowerBound, range.upperBound)
    return mapped {
      $0.each {
        let y = scale * $0 + offset
        return y < low ? low : y > high ? high : y
      }
    }
  }

  /// The gradient of ``clippedLine(scale:offset:to:)`` with respect to its input, from that with respect to its result
  /// (this tensor): 0 where the result is limited.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func clippedLineGradient(
    input: Tensor, scale: Scalar, offset: Scalar, to range: ClosedRange<Scalar>
  ) -> Tensor {
    let (low, high) = (range.lowerBound, range.upperBound)
    return Tensor.combined(self, input, "clippedLineGradient") {
      $0.each {
        let y = scale * $1 + offset
        return y > low && y < high ? $0 * scale : 0
      }
    }
  }

  /// x · min(max(x / 6 + 1 / 2, 0), 1) of each element: hard swish (Howard et al. 2019).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func hardSiLU() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_HARD_SILU, 0) { return result }
    return mapped {
      $0.each {
        let y = $0 / 6 + 0.5
        return $0 * (y < 0 ? 0 : y > 1 ? 1 : y)
      }
    }
  }

  /// The gradient of ``hardSiLU()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func hardSiLUGradient(input: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_HARD_SILU, input, 0) { return result }
    return Tensor.combined(self, input, "hardSiLUGradient") {
      $0.each { $1 > -3 ? ($1 < 3 ? $0 * ($1 / 3 + 0.5) : $0) : 0 }
    }
  }

  /// 0 of each element up to -1, x from 1 on, (x + 1)² / 4 between.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sparsePlus() -> Tensor {
    mapped { $0.each { $0 < 1 ? ($0 <= -1 ? 0 : ($0 + 1) * ($0 + 1) / 4) : $0 } }
  }

  /// The gradient of ``sparsePlus()`` with respect to its input, from that with respect to its result (this tensor).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sparsePlusGradient(input: Tensor) -> Tensor {
    Tensor.combined(self, input, "sparsePlusGradient") { $0.each { $1 < 1 ? ($1 <= -1 ? 0 : $0 * ($1 + 1) / 2) : $0 } }
  }
}
