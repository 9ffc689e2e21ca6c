import CKernels

extension DepthwiseConvolution {
  /// The gradients of a convolution behind which a normalization stands, band by band of rows: the gradient of the results is
  /// computed once, is used for the input and for the filters while it is in the cache, and is never written to memory.
  func gradients(
    _ gradient: NormalizationInputGradient, input: Tensor<Float>, weight: Tensor<Float>, needsInput: Bool
  ) -> ConvolutionGradients {
    let (input, filters) = (input.channelsLast(), packed(weight))
    let result = needsInput ? Tensor<Float>(unsafeUninitialized: Layout(channelsLast: geometry.inputShape)) : nil
    // Their number depends on the shape alone, so that the sums have the same bits on any number of threads.
    let segments = Swift.min((Self.mostGroups + geometry.batch - 1) / geometry.batch, geometry.placement.input.height)
    let groups = Swift.min(geometry.batch * segments, Self.mostGroups)
    let sums = Tensor<Float>(zeros: [groups, geometry.filterSize + 1, geometry.inputChannels])
    let height = geometry.placement.input.height
    let band = Band(
      self, gradient, images: UnsafePointer(input.elements), filters: UnsafePointer(filters.elements),
      target: result?.elements)
    let (target, size) = (sums.elements, sums.count / groups)
    parallelFor(chunks: groups) { group in
      for item in geometry.batch * segments * group / groups..<geometry.batch * segments * (group + 1) / groups {
        let (image, segment) = (item / segments, item % segments)
        band.compute(
          image: image, rows: height * segment / segments..<height * (segment + 1) / segments,
          sums: target + group * size)
      }
    }
    extendLifetime((input, filters, result, sums))
    let total = sums.summingFirstAxis()
    return gradients(input: result, sums: total, weightShape: weight.shape)
  }

  /// The most groups whose sums are added at last, enough parts for any number of threads.
  private static let mostGroups = 16
  /// The numbers of the gradient's rows that stay in the cache.
  private static let cachedNumbers = 32_768

  /// Rows of an image, from the first to the last: those of the results' gradient that the next rows need too are kept.
  private struct Band: @unchecked Sendable {
    private let convolution: DepthwiseConvolution
    private let gradient: NormalizationInputGradient
    private let images, filters: UnsafePointer<Float>
    private let target: UnsafeMutablePointer<Float>?

    init(
      _ convolution: DepthwiseConvolution, _ gradient: NormalizationInputGradient, images: UnsafePointer<Float>,
      filters: UnsafePointer<Float>, target: UnsafeMutablePointer<Float>?
    ) {
      (self.convolution, self.gradient) = (convolution, gradient)
      (self.images, self.filters, self.target) = (images, filters, target)
    }

    private var geometry: ConvolutionGeometry { convolution.geometry }

    /// Computes the gradient of some rows of an image, and adds that of the filters from as large a share of the results.
    func compute(image: Int, rows: Range<Int>, sums: UnsafeMutablePointer<Float>) {
      let (input, output, channels) = (geometry.placement.input, geometry.placement.output, geometry.inputChannels)
      let rowSize = output.width * channels
      let step = Swift.max(DepthwiseConvolution.cachedNumbers / rowSize, 1)
      let bands = stride(from: rows.lowerBound, to: rows.upperBound, by: step)
        .map { $0..<Swift.min($0 + step, rows.upperBound) }
      let most = bands.map { neededResults($0).count }.max() ?? 0
      let buffer = Storage<Float>(count: Swift.max(most * rowSize, 1))
      var held = 0..<0
      withUnsafePointer(to: geometry.placement.kernelSizes(channels: channels)) { sizes in
        for band in bands {
          held = hold(neededResults(band), of: image, held, in: buffer.pointer, rowSize: rowSize)
          // The address that the first row of the image would have.
          let first = UnsafePointer(buffer.pointer) - held.lowerBound * rowSize
          if let target {
            for row in band {
              Kernels.best.depthwiseInputGradient(
                sizes, first, filters, row, target + (image * input.height + row) * input.width * channels)
            }
          }
          for row in ownResults(band) {
            Kernels.best.depthwiseFilterGradient(
              sizes, images + image * geometry.inputImageSize, first + row * rowSize, row, sums)
          }
        }
      }
      extendLifetime(buffer)
    }

    /// Brings some rows of the results' gradient into a buffer that holds others, and returns the rows that it holds then.
    private func hold(
      _ needed: Range<Int>, of image: Int, _ held: Range<Int>, in buffer: UnsafeMutablePointer<Float>, rowSize: Int
    ) -> Range<Int> {
      let output = geometry.placement.output
      let kept = held.clamped(to: needed)
      if !kept.isEmpty {
        (buffer + (kept.lowerBound - needed.lowerBound) * rowSize)
          .update(from: buffer + (kept.lowerBound - held.lowerBound) * rowSize, count: kept.count * rowSize)
      }
      let fresh = (kept.isEmpty ? needed.lowerBound : kept.upperBound)..<needed.upperBound
      let firstPixel = image * output.area + fresh.lowerBound * output.width
      gradient.compute(
        firstPixel..<firstPixel + fresh.count * output.width,
        into: buffer + (fresh.lowerBound - needed.lowerBound) * rowSize)
      return needed
    }

    /// The rows of results whose products with the filters count to some rows of the image: each belongs to one band.
    private func ownResults(_ rows: Range<Int>) -> Range<Int> {
      let (input, output) = (geometry.placement.input.height, geometry.placement.output.height)
      return rows.lowerBound * output / input..<rows.upperBound * output / input
    }

    /// The own rows, and those that read some rows of the image, with all between.
    private func neededResults(_ rows: Range<Int>) -> Range<Int> {
      let (placement, own) = (geometry.placement, ownResults(rows))
      let (stride, reach) = (
        placement.window.stride.height, (placement.window.size.height - 1) * placement.window.dilation.height
      )
      let first = Swift.max(rows.lowerBound + placement.top - reach, 0) / stride
      let end = Swift.min((rows.upperBound - 1 + placement.top) / stride + 1, placement.output.height)
      guard target != nil, first < end else { return own }
      return own.isEmpty ? first..<end : Swift.min(first, own.lowerBound)..<Swift.max(end, own.upperBound)
    }
  }
}
