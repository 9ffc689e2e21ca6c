// Convolution by pointers, for every window, stride, dilation and number of groups: each pixel of the result is a row of a
// product of matrices, and a list says where in the image it reads its numbers. Nothing is copied but the lines of images
// of few channels. The kernel is in CKernels/Kernels/Indirect.h.
//
// Work is divided into blocks of pixels, whose image stays in the L2 cache of a core, and parts of the channels of the
// result. Their numbers depend on the shape alone, and no sum is divided, so that the bits are the same on any number of
// threads.

import CKernels

/// A convolution of any shape with at least one element.
struct IndirectConvolution {
  let geometry: ConvolutionGeometry

  init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  /// Whether this is clearly faster than Winograd's algorithm: for images of a few pixels, where reading the filters costs
  /// most, and there are fewer of them than transformed ones. The cost is counted like that of the tiles.
  func pays(over winograd: WinogradConvolution) -> Bool {
    let pixels = geometry.batch * geometry.placement.output.area
    let cost = geometry.placement.window.size.area * (2 * pixels.roundedUp(to: 8) + 32)
    return 4 * cost < 3 * WinogradConvolution.cost(winograd.tiles)
  }

  /// Computes the convolution of images `[N, C, H, W]`. The target must not pool.
  ///
  /// The prologue is computed block by block where no two parts read the same pixels, otherwise in a pass before.
  ///
  /// - Returns: mean and variance of the channels of the results, if `measures` and there is one group; otherwise `nil`.
  @discardableResult
  func compute(
    _ input: Tensor<Float>, _ filters: IndirectFilters, _ prologue: ConvolutionPrologue?,
    into target: ConvolutionTarget, measures: Bool = false
  ) -> ChannelStatistics<Float>? {
    var source = IndirectSource(input, for: geometry)
    let bytes = geometry.inputChannels * 4 * geometry.pixelsReadForEach
    let division = IndirectDivision(work(source, filters, target), bytesOfPixel: bytes, measures: measures)
    if let prologue {
      source =
        geometry.readsEachPixelOnce && division.readsEachPixelOnce
        ? source.with(PrologueOfPixels(prologue, geometry.inputShape))
        : IndirectSource(prologue.applied(to: input), for: geometry)
    }
    var work = work(source, filters, target)
    if measures, geometry.groups == 1 {
      work.pieces = ChannelPieces(counts: division.pixelCounts, channels: geometry.outputChannels)
    }
    parallelFor(chunks: division.chunks) { [work] in work.compute(division[$0]) }
    extendLifetime((work, target))
    return work.pieces?.statistics()
  }

  private func work(
    _ source: IndirectSource, _ filters: IndirectFilters, _ target: ConvolutionTarget
  ) -> IndirectWork {
    let (results, epilogue) = target.start
    return IndirectWork(
      grid: IndirectGrid(geometry), source: source,
      products: IndirectProducts(
        filters: filters, depth: source.depth(channels: geometry.inputChannelsPerGroup), results: results,
        epilogue: epilogue))
  }
}

extension ConvolutionGeometry {
  /// Whether each pixel of the result reads one of the image, the same for all.
  var readsEachPixelOnce: Bool {
    placement.window.size.area == 1 && placement.input == placement.output && placement.top == 0 && placement.left == 0
      && placement.window.stride == 1
  }

  /// About how many pixels of the image are read for each one of the result, those that neighbours read too counted once.
  var pixelsReadForEach: Int {
    let window = placement.window
    return Swift.min(window.size.height, window.stride.height) * Swift.min(window.size.width, window.stride.width)
  }
}
