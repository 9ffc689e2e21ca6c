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

  /// A normalization, the sum with another value, and an activation, in the same passes over memory. The input is kept, and
  /// the result where another value is added.
  ///
  /// Shapes: input, addend and result `[N, C, H, W]` or `[N, C]`, scale and shift `[C]`. Stops if they do not fit.
  ///
  /// - Parameters:
  ///   - fixed: the statistics, as constants; `nil` for those of the batch.
  ///   - scale: the factor of each channel.
  ///   - shift: what is added to each channel.
  ///   - epsilon: added to the variance.
  ///   - addend: added to the normalized batch; `nil` for nothing.
  ///   - activation: the function behind it. With an addend, one that is known by its result.
  /// - Returns: the result and the statistics; `nil` where the channels are not innermost in memory, or there are no elements.
  package func normalized(
    by fixed: ChannelStatistics<Float>?, scale: Variable, shift: Variable, epsilon: Float, adding addend: Variable?,
    activation: NormalizedActivation
  ) -> (output: Variable, statistics: ChannelStatistics<Float>)? {
    require(addend == nil || activation.isKnownByResult, "normalization: \(activation) cannot follow a sum")
    let active = ActiveNormalization(
      value, by: fixed, scale: scale.value, shift: shift.value, epsilon: epsilon, activation: activation)
    guard let active else { return nil }
    let output = active.output(adding: addend?.value)
    let kept = addend == nil ? nil : output
    let result = Variable(output, from: [self, scale, shift] + (addend.map { [$0] } ?? [])) {
      let gradient = active.gradient($0, result: kept)
      let own = gradient.normalization
      return [own.input, own.scale, own.shift] + (gradient.addend.map { [$0] } ?? [])
    }
    return (result, active.usedStatistics)
  }

  /// A convolution of these images, a normalization, the sum with another value, and an activation, as one operation with the
  /// gradients of ``normalized(by:scale:shift:epsilon:adding:activation:)`` and those of the convolution. The images and the
  /// result of the convolution are kept, and the result where another value is added.
  ///
  /// Shapes: input `[N, C, H, W]`, result and addend `[N, O, oh, ow]`, scale and shift `[O]`. Stops if they do not fit.
  ///
  /// - Returns: `nil` for an empty batch, and where the filters need no gradient.
  package func normalizedConvolution2D(
    _ weight: Variable, bias: Variable?, window: Window, groups: Int, isExact: Bool,
    by fixed: ChannelStatistics<Float>?, scale: Variable, shift: Variable, epsilon: Float, adding addend: Variable?,
    activation: NormalizedActivation
  ) -> (output: Variable, statistics: ChannelStatistics<Float>)? {
    require(addend == nil || activation.isKnownByResult, "normalization: \(activation) cannot follow a sum")
    guard weight.needsGradient else { return nil }
    var call = FastConvolutionCall(
      weight: weight.value, bias: bias?.value, window: window, groups: groups, isExact: isExact)
    call.needsInputGradient = needsGradient
    let joined = NormalizedConvolution(
      value, call, by: fixed, scale: scale.value, shift: shift.value, epsilon: epsilon, activation: activation)
    guard let joined else { return nil }
    let output = joined.output(adding: addend?.value)
    let kept = addend == nil ? nil : output
    let inputs = (needsGradient ? [self] : []) + [weight, scale, shift] + [bias, addend].compactMap(\.self)
    let result = Variable(output, from: inputs) { [hasBias = bias != nil] in
      let gradients = joined.gradients($0, result: kept)
      return [gradients.input, gradients.weight, gradients.scale, gradients.shift].compactMap(\.self)
        + [hasBias ? gradients.bias : nil, gradients.addend].compactMap(\.self)
    }
    return (result, joined.usedStatistics)
  }
}
