import Tensor

extension Variable {
  /// (x - mean) / √(variance + ε), with the mean and the biased variance over the given axes for each index of the others:
  /// layer normalization (Ba, Kiros and Hinton 2016) before its scale and shift.
  ///
  /// Shapes: any; the result has the same. The result and a factor for each row are kept.
  public func standardized(along axes: [Int], epsilon: Scalar) -> Variable {
    normalizingRows(along: axes, by: .standard(epsilon: epsilon))
  }

  /// x / √(mean of x² + ε), with the mean over the given axes for each index of the others (Zhang and Sennrich 2019).
  ///
  /// Shapes: any; the result has the same. The result and a factor for each row are kept.
  public func dividedByRootMeanSquare(along axes: [Int], epsilon: Scalar) -> Variable {
    normalizingRows(along: axes, by: .rootMeanSquare(epsilon: epsilon))
  }

  /// x / max(√Σ x², ε), with the sum over the given axes for each index of the others: rows of length 1.
  ///
  /// Shapes: any; the result has the same. The result and a factor for each row are kept.
  public func dividedByNorm(along axes: [Int], epsilon: Scalar) -> Variable {
    normalizingRows(along: axes, by: .norm(epsilon: epsilon))
  }

  private func normalizingRows(along axes: [Int], by kind: RowNormalization<Scalar>) -> Variable {
    let (output, factors) = value.normalizingRows(along: axes, by: kind)
    return Variable(
      output,
      from: (self, { $0.rowNormalizationGradient(output: output, factors: factors, along: axes, by: kind) }))
  }
}

extension Variable where Scalar == Float {
  /// ``standardized(along:epsilon:)`` along one axis, times a factor, plus a shift of each feature, in one pass forward and one
  /// backward. The input and two numbers for each row are kept.
  ///
  /// Shapes: any input with C features along the axis, scale and shift `[C]`. Stops if they do not fit.
  ///
  /// - Returns: `nil` where the features are not neighbours in memory.
  package func layerNormalized(axis: Int, scale: Variable, shift: Variable, epsilon: Float) -> Variable? {
    let normal = LayerNormalization(value, axis: axis, scale: scale.value, shift: shift.value, epsilon: epsilon)
    guard let normal else { return nil }
    return Variable(normal.output, from: [self, scale, shift]) {
      let gradient = normal.gradient($0)
      return [gradient.input, gradient.scale, gradient.shift]
    }
  }
}
