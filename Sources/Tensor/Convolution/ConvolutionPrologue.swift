import CKernels

/// What a convolution does to each number of its input as it reads it: f(factor · x + shift), with numbers of each channel.
///
/// The factor and the shift of a normalization in inference are such numbers, and so are the weights that squeeze and
/// excitation gives each channel of each image.
public struct ConvolutionPrologue: Sendable {
  /// `[C]`, or `[N, C]` with numbers for each image.
  public let factor: Tensor<Float>
  /// `[C]`; `nil` for none.
  public let shift: Tensor<Float>?
  /// Whether negative numbers become 0 behind the shift.
  public let appliesReLU: Bool

  /// Makes a prologue.
  public init(factor: Tensor<Float>, shift: Tensor<Float>? = nil, appliesReLU: Bool = false) {
    (self.factor, self.shift, self.appliesReLU) = (factor.contiguous(), shift?.contiguous(), appliesReLU)
  }

  /// The input as the convolution sees it, channels innermost, in a pass of its own.
  func applied(to input: Tensor<Float>) -> Tensor<Float> {
    let (input, pitch) = input.channelsInnermost()
    let pixels = PrologueOfPixels(self, input.shape)
    let result = Tensor<Float>(unsafeUninitialized: Layout(channelsLast: input.shape))
    let (source, target, channels) = (input.elements, result.elements, input.shape[1])
    parallelFor(count: pixels.count, grain: Swift.max(32_768 / channels, 1)) { range in
      pixels.apply(
        to: range, from: source + range.lowerBound * pitch, pitch: pitch, target + range.lowerBound * channels)
    }
    extendLifetime((input, pixels, result))
    return result
  }
}

/// A prologue for the pixels of images with the channels innermost.
struct PrologueOfPixels: @unchecked Sendable {
  /// The number of pixels of all images.
  let count: Int
  private let area, channels: Int
  private let prologue: ConvolutionPrologue
  private let shift: Tensor<Float>
  private let factors, shifts: UnsafePointer<Float>
  private let hasFactorsOfImages: Bool

  /// Stops unless the prologue has numbers for all channels of the images `[N, C, H, W]`.
  init(_ prologue: ConvolutionPrologue, _ images: Shape) {
    let (batch, channels) = (images[0], images[1])
    let shift = prologue.shift ?? Tensor(zeros: [channels])
    hasFactorsOfImages = prologue.factor.shape.rank == 2
    require(
      prologue.factor.shape == (hasFactorsOfImages ? [batch, channels] : [channels]) && shift.shape == [channels],
      "convolution: factors \(prologue.factor.shape) and shifts \(shift.shape) for images \(images)")
    self.prologue = prologue
    self.shift = shift
    self.channels = channels
    area = images[2] * images[3]
    count = batch * area
    factors = UnsafePointer(prologue.factor.elements)
    shifts = UnsafePointer(shift.elements)
  }

  /// Computes some pixels, from the first of them on. Those of the source are `pitch` elements apart, the results have no gaps.
  func apply(
    to pixels: Range<Int>, from source: UnsafePointer<Float>, pitch: Int, _ target: UnsafeMutablePointer<Float>
  ) {
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let image = pixel / area
      let end = hasFactorsOfImages ? Swift.min((image + 1) * area, pixels.upperBound) : pixels.upperBound
      let before = pixel - pixels.lowerBound
      var rows = kilim_rows(
        input: source + before * pitch, kept: nil, scale: 1, count: end - pixel, channels: channels, pitch: pitch)
      var active = kilim_active(
        factor: hasFactorsOfImages ? factors + image * channels : factors, shift: shifts,
        function: prologue.appliesReLU ? KILIM_RELU : KILIM_IDENTITY, parameter: 0)
      Kernels.best.normalizeActive(&rows, &active, nil, target + before * channels, channels)
      pixel = end
    }
  }
}
