import CKernels

/// What a type of element has beside the loops that all types share: algorithms in vector kernels for some shapes and
/// memory layouts. Each gives `nil` where it has nothing for its arguments.
///
/// Generic operations reach them through ``FloatingScalar/fastKernels``. Only this module makes them.
public struct FastKernels<Scalar: FloatingScalar>: Sendable {
  /// A convolution with what comes after it; see ``Tensor/fastConvolution2D(_:)``.
  let convolution: @Sendable (Tensor<Scalar>, FastConvolutionCall<Scalar>) -> FastConvolutionResult<Scalar>?
  /// The gradient of a convolution with respect to its input, from that of its result and the weight.
  let convolutionInputGradient:
    @Sendable (_ gradient: Tensor<Scalar>, _ weight: Tensor<Scalar>, ConvolutionGeometry) -> Tensor<Scalar>?
  /// The gradient of a convolution with respect to its weight, from that of its result and the input.
  let convolutionWeightGradient:
    @Sendable (_ gradient: Tensor<Scalar>, _ input: Tensor<Scalar>, ConvolutionGeometry) -> Tensor<Scalar>?
  /// Mean and variance of each channel.
  let channelStatistics: @Sendable (Tensor<Scalar>) -> ChannelStatistics<Scalar>?
  /// The sum of each channel.
  let channelSums: @Sendable (Tensor<Scalar>) -> Tensor<Scalar>?
  /// The sums over some axes, which stay with length 1.
  let sums: @Sendable (Tensor<Scalar>, _ axes: Set<Int>) -> Tensor<Scalar>?
  /// Each channel times a factor, plus a shift.
  let scaledChannels: @Sendable (Tensor<Scalar>, _ factor: Tensor<Scalar>, _ shift: Tensor<Scalar>) -> Tensor<Scalar>?
  /// The gradients of a normalization of an input, from the gradient of its result.
  let normalizationGradient:
    @Sendable (
      _ input: Tensor<Scalar>, _ gradient: Tensor<Scalar>, _ mean: Tensor<Scalar>, _ inverse: Tensor<Scalar>,
      _ scale: Tensor<Scalar>
    ) -> NormalizationGradient<Scalar>?
  /// A function of each element.
  let function: @Sendable (Tensor<Scalar>, kilim_function, _ parameter: Scalar) -> Tensor<Scalar>?
  /// The gradient of a function, from that of its result and its arguments or results.
  let functionGradient:
    @Sendable (
      _ gradient: Tensor<Scalar>, kilim_function, _ values: Tensor<Scalar>, _ parameter: Scalar
    ) -> Tensor<Scalar>?
  /// Max-pooling, and its gradient.
  let maxPool: @Sendable (Tensor<Scalar>, WindowPlacement) -> (output: Tensor<Scalar>, indices: Tensor<Int32>)?
  let maxPoolGradient:
    @Sendable (_ gradient: Tensor<Scalar>, _ indices: Tensor<Int32>, WindowPlacement) -> Tensor<Scalar>?
  /// Average pooling, and its gradient, with the share of each place.
  let averagePool: @Sendable (Tensor<Scalar>, WindowPlacement, _ shares: [Scalar]) -> Tensor<Scalar>?
  let averagePoolGradient:
    @Sendable (_ gradient: Tensor<Scalar>, WindowPlacement, _ shares: [Scalar]) -> Tensor<Scalar>?
  /// Softmax or its logarithm of neighbouring lines; `false` if there is none.
  let softmax: @Sendable (SoftmaxLines<Scalar>, _ takesLogarithm: Bool) -> Bool
}

extension FastKernels<Float> {
  /// Those of the C kernels.
  static var vectorized: FastKernels {
    FastKernels(
      convolution: { fusedConvolution($0, $1) },
      convolutionInputGradient: { $2.isEmpty ? nil : IndirectConvolution($2).inputGradient($0, weight: $1) },
      convolutionWeightGradient: { $2.isEmpty ? nil : IndirectConvolution($2).filterGradients($0, input: $1).weight },
      channelStatistics: { ChannelRows($0)?.statistics() },
      channelSums: { ChannelRows($0)?.sums() },
      sums: { $0.columnSums(over: $1) },
      scaledChannels: { ChannelRows($0)?.scaled(by: $1, plus: $2) },
      normalizationGradient: { input, gradient, mean, inverse, scale in
        ChannelRows(input)?.gradient(gradient, mean: mean, inverse: inverse, scale: scale)
      },
      function: { $0.applying($1, $2) },
      functionGradient: { $0.gradient(of: $1, values: $2, $3) },
      maxPool: { $0.maxPoolInVectors($1) },
      maxPoolGradient: { $0.maxPoolGradientInVectors($1, $2) },
      averagePool: { $0.averagePoolInVectors($1, shares: $2) },
      averagePoolGradient: { $0.averagePoolGradientInVectors($1, shares: $2) },
      softmax: { lines, takesLogarithm in
        let logarithm: Int32 = takesLogarithm ? 1 : 0
        if lines.step == 1 {
          Kernels.best.softmaxRow(lines.source, lines.target, lines.length, logarithm)
        } else {
          Kernels.best.softmaxColumns(lines.source, lines.target, lines.length, lines.step, lines.width, logarithm)
        }
        return true
      })
  }
}

extension FastKernels<Double> {
  /// None: double precision serves to check gradients.
  static var none: FastKernels {
    FastKernels(
      convolution: { _, _ in nil }, convolutionInputGradient: { _, _, _ in nil },
      convolutionWeightGradient: { _, _, _ in nil }, channelStatistics: { _ in nil }, channelSums: { _ in nil },
      sums: { _, _ in nil }, scaledChannels: { _, _, _ in nil }, normalizationGradient: { _, _, _, _, _ in nil },
      function: { _, _, _ in nil }, functionGradient: { _, _, _, _ in nil },
      maxPool: { _, _ in nil }, maxPoolGradient: { _, _, _ in nil }, averagePool: { _, _, _ in nil },
      averagePoolGradient: { _, _, _ in nil }, softmax: { _, _ in false })
  }
}
