import CKernels

/// The gradient with respect to the input of a normalization, computed for some pixels at a time:
///
/// dx = factor · (dz - center - (x - mean) · slope), where dz is the gradient behind the activation's argument.
struct NormalizationInputGradient: @unchecked Sendable {
  private let input, gradient, mean, center, slope, factor, offset: Tensor<Float>
  private let function: kilim_function
  private let parameter: Float
  private let channels: Int

  /// - Parameters:
  ///   - input: what was normalized, with the channels innermost in memory.
  ///   - gradient: with respect to the result, in the same layout.
  ///   - mean, center, slope: the numbers of the formula for each channel, `[C]`.
  ///   - factor, offset: those of the normalization as a factor and a shift: z = factor · x + offset.
  ///   - function: the activation, and its parameter; the identity where `gradient` is dz.
  init(
    input: Tensor<Float>, gradient: Tensor<Float>, mean: Tensor<Float>, center: Tensor<Float>, slope: Tensor<Float>,
    factor: Tensor<Float>, offset: Tensor<Float>, function: (code: kilim_function, parameter: Float)
  ) {
    (self.input, self.gradient) = (input, gradient)
    (self.mean, self.center, self.slope) = (mean.contiguous(), center.contiguous(), slope.contiguous())
    (self.factor, self.offset) = (factor.contiguous(), offset.contiguous())
    (self.function, parameter) = function
    channels = input.shape[1]
  }

  /// The number of pixels.
  var count: Int { input.count / Swift.max(channels, 1) }

  /// Computes some pixels, rows of channels that go to `target`.
  func compute(_ pixels: Range<Int>, into target: UnsafeMutablePointer<Float>) {
    let before = pixels.lowerBound * channels
    var rows = kilim_rows(
      input: input.elements + before, kept: nil, scale: 1, count: pixels.count, channels: channels, pitch: channels)
    var active = kilim_active(
      factor: factor.elements, shift: offset.elements, function: function, parameter: parameter)
    Kernels.best.normalizeActiveGradient(
      &rows, &active, gradient.elements + before, mean.elements, center.elements, slope.elements, target)
  }

  /// All of it, in the layout of the input.
  func tensor() -> Tensor<Float> {
    let result = Tensor<Float>(unsafeUninitialized: input.layout)
    let (target, channels) = (result.elements, channels)
    parallelFor(count: count, grain: Swift.max(32_768 / channels, 1)) { pixels in
      compute(pixels, into: target + pixels.lowerBound * channels)
    }
    extendLifetime(result)
    return result
  }
}
