import Tensor

extension Variable {
  /// Batch normalization by the batch's own statistics: scale · (x - mean) / √(variance + ε) + shift.
  ///
  /// Shapes: input `[N, C, H, W]` or `[N, C]`, scale and shift `[C]`. The input and the statistics are kept.
  ///
  /// - Returns: the result, and the statistics for the running averages.
  public func batchNormalized(
    scale: Variable, shift: Variable, epsilon: Scalar
  ) -> (output: Variable, statistics: ChannelStatistics<Scalar>) {
    let statistics = value.channelStatistics()
    let output = value.normalized(by: statistics, scale: scale.value, shift: shift.value, epsilon: epsilon)
    let result = Variable(output, from: [self, scale, shift]) { [value, scale = scale.value] in
      let gradient = $0.batchNormalizationGradient(
        input: value, statistics: statistics, scale: scale, epsilon: epsilon)
      return [gradient.input, gradient.scale, gradient.shift]
    }
    return (result, statistics)
  }

  /// Normalization by given statistics, as in inference: the statistics are constants. The input is kept.
  ///
  /// Shapes: input `[N, C, H, W]` or `[N, C]`, scale and shift `[C]`.
  public func normalized(
    by statistics: ChannelStatistics<Scalar>, scale: Variable, shift: Variable, epsilon: Scalar
  ) -> Variable {
    let output = value.normalized(by: statistics, scale: scale.value, shift: shift.value, epsilon: epsilon)
    return Variable(
      output,
      from: (
        self,
        { [scale = scale.value] gradient in
          let zeros = Tensor<Scalar>(zeros: scale.shape)
          let center = ChannelStatistics(mean: zeros, variance: statistics.variance)
          return gradient.normalized(by: center, scale: scale, shift: zeros, epsilon: epsilon)
        }
      ),
      (
        scale,
        { [value] gradient in
          let ones = Tensor<Scalar>(ones: statistics.mean.shape)
          let normal = value.normalized(
            by: statistics, scale: ones, shift: Tensor(zeros: ones.shape), epsilon: epsilon)
          return (gradient * normal).channelSums()
        }
      ),
      (shift, { $0.channelSums() }))
  }
}

extension Variable where Scalar == Float {
  /// Dropout and then batch normalization by the batch's own statistics, in the same passes over memory where the
  /// channels of the input lie innermost. The input, the mask and the statistics are kept.
  ///
  /// Shapes: input `[N, C, H, W]` or `[N, C]`, scale and shift `[C]`.
  ///
  /// - Returns: the result, and the statistics for the running averages.
  public func batchNormalized(
    dropping mask: DropoutMask, scale: Variable, shift: Variable, epsilon: Float
  ) -> (output: Variable, statistics: ChannelStatistics<Float>) {
    let (output, statistics) = value.batchNormalized(
      dropping: mask, scale: scale.value, shift: shift.value, epsilon: epsilon)
    let result = Variable(output, from: [self, scale, shift]) { [value, scale = scale.value] in
      let gradient = $0.batchNormalizationGradient(
        input: value, dropping: mask, statistics: statistics, scale: scale, epsilon: epsilon)
      return [gradient.input, gradient.scale, gradient.shift]
    }
    return (result, statistics)
  }
}
