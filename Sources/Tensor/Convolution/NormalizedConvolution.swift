/// A convolution, batch normalization behind it, and what follows that: another value that is added, and an activation.
///
/// The batch is measured block by block while the results of the convolution are in the cache. On the way back, the gradient with
/// respect to them is computed block by block too, where the algorithm can use it for input and filters at once: it is never
/// written to memory then.
package struct NormalizedConvolution {
  /// The gradients of all operands; `input`, `bias` and `addend` where there is one.
  package struct Gradients {
    package let input: Tensor<Float>?
    package let weight: Tensor<Float>
    package let bias, scale, shift: Tensor<Float>
    package let addend: Tensor<Float>?
  }

  private let convolution: FusedConvolution
  private let call: FastConvolutionCall<Float>
  private let input: Tensor<Float>
  private let normalization: ActiveNormalization

  /// Computes the convolution of images `[N, C, H, W]`; `nil` for empty ones.
  ///
  /// Stops if a shape does not fit.
  ///
  /// - Parameters:
  ///   - input: the images.
  ///   - call: the convolution, without ReLU and pooling.
  ///   - fixed: the statistics, which are constants then; `nil` for those of the batch.
  ///   - scale: the factor of each channel, `[O]`.
  ///   - shift: what is added to each channel, `[O]`.
  ///   - epsilon: added to the variance.
  ///   - activation: the function behind the normalization.
  package init?(
    _ input: Tensor<Float>, _ call: FastConvolutionCall<Float>, by fixed: ChannelStatistics<Float>?,
    scale: Tensor<Float>, shift: Tensor<Float>, epsilon: Float, activation: NormalizedActivation
  ) {
    let convolution = FusedConvolution(
      input: input.shape, weight: call.weight.shape, window: call.window, groups: call.groups,
      needsInputGradient: call.needsInputGradient, accuracy: call.accuracy)
    guard let convolution else { return nil }
    let filters = convolution.prepare(call.weight, isKept: false)
    let (values, statistics) = convolution.measuredOutput(
      input, filters: filters, bias: call.bias, measures: fixed == nil)
    let normalization = ActiveNormalization(
      values, by: fixed, scale: scale, shift: shift, epsilon: epsilon, activation: activation, batch: statistics)
    guard let normalization else { return nil }
    (self.convolution, self.call, self.input, self.normalization) = (convolution, call, input, normalization)
  }

  /// The statistics that it normalizes by.
  package var usedStatistics: ChannelStatistics<Float> { normalization.usedStatistics }

  /// The result. Stops if the addend has another shape.
  package func output(adding addend: Tensor<Float>?) -> Tensor<Float> { normalization.output(adding: addend) }

  /// The gradients, from that with respect to the result.
  ///
  /// - Parameters:
  ///   - gradient: with respect to the result, of its shape.
  ///   - result: the result, where another value was added; otherwise `nil`.
  package func gradients(_ gradient: Tensor<Float>, result: Tensor<Float>?) -> Gradients {
    let parts = normalization.gradientParts(gradient, result: result)
    let own = convolution.gradients(
      parts.input, input: input, weight: call.weight, needsInput: call.needsInputGradient)
    return Gradients(
      input: own.input, weight: own.weight, bias: own.bias, scale: parts.scale, shift: parts.shift,
      addend: parts.addend)
  }
}

extension FusedConvolution {
  /// The result without an epilogue, and mean and variance of its channels if the algorithm can measure them on the way.
  fileprivate func measuredOutput(
    _ input: Tensor<Float>, filters: PreparedFilters, bias: Tensor<Float>?, measures: Bool
  ) -> (values: Tensor<Float>, statistics: ChannelStatistics<Float>?) {
    let target = ConvolutionTarget(
      geometry: geometry, bias: bias, epilogue: ConvolutionEpilogue(), keepsPlaces: false)
    switch (algorithm, filters.form) {
    case (.indirect(let indirect), .indirect(let filters)) where measures:
      let statistics = indirect.compute(input, filters, nil, into: target, measures: true)
      return (target.output.values, statistics)
    case (.depthwise(let depthwise), .depthwise(let filters)) where measures:
      let statistics = depthwise.compute(input, filters, into: target, measures: true)
      return (target.output.values, statistics)
    default:
      return (output(input, filters: filters, bias: bias, epilogue: ConvolutionEpilogue()).values, nil)
    }
  }

  /// The gradients, from that of a normalization behind the convolution.
  fileprivate func gradients(
    _ gradient: NormalizationInputGradient, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    switch algorithm {
    case .depthwise(let depthwise):
      return depthwise.gradients(gradient, input: input, weight: weight, needsInput: needsInput)
    case .indirect(let indirect):
      if let pointwise = PointwiseGradients(indirect.geometry) {
        return pointwise.gradients(gradient, input: input, weight: weight, needsInput: needsInput)
      }
    case .winograd, .shallow, .direct: break
    }
    return gradients(gradient.tensor(), places: nil, input: input, weight: weight, needsInput: needsInput)
  }
}
