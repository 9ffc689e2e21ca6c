import CKernels

/// The convolutions of a ``DepthwiseChain`` on some rows of an image.
struct DepthwiseChainRows: @unchecked Sendable {
  /// The sizes of the depthwise convolution, and of the memory for its images.
  private let sizes: kilim_depthwise
  private let reach: Int
  private let images: UnsafePointer<Float>
  private let pitch: Int
  private let before: IndirectProducts?
  private let filters: UnsafePointer<Float>
  private let epilogue: kilim_epilogue
  private let behind: IndirectProducts?
  private let target: ConvolutionTarget
  /// The rows of results that are computed together.
  private let height: Int

  /// The numbers that may be passed on at a time: they take about a third of a megabyte, which the cache of a core holds.
  private static let cachedNumbers = 80 * 1024

  /// Takes the parts of a chain as addresses, which must stay valid.
  ///
  /// - Parameters:
  ///   - geometry: that of the depthwise convolution.
  ///   - images: what the first convolution reads, channels innermost, and `pitch` the distance between its pixels.
  ///   - before: what makes the images that are filtered; `nil` for nothing.
  ///   - filters: those of the depthwise convolution, `[kh · kw, C]`, and `epilogue` what is done to its results where they
  ///     are not the last.
  ///   - behind: what is made of the filtered images; `nil` for nothing.
  ///   - target: where the last results go.
  init(
    _ geometry: ConvolutionGeometry, images: UnsafePointer<Float>, pitch: Int, before: IndirectProducts?,
    filters: UnsafePointer<Float>, epilogue: kilim_epilogue, behind: IndirectProducts?, target: ConvolutionTarget
  ) {
    (self.images, self.pitch, self.before, self.filters) = (images, pitch, before, filters)
    (self.epilogue, self.behind, self.target) = (epilogue, behind, target)
    let (placement, channels) = (geometry.placement, geometry.inputChannels)
    var sizes = placement.kernelSizes(channels: channels)
    reach = placement.reach
    let read = before == nil ? 0 : placement.input.width * channels
    let filtered = behind == nil ? 0 : placement.output.width * channels
    let free = Self.cachedNumbers - Swift.max(reach - sizes.rowStep, 0) * read
    height = Swift.min(Swift.max(free / Swift.max(sizes.rowStep * read + filtered, 1), 1), placement.output.height)
    if before != nil { sizes.memoryRows = Swift.min((height - 1) * sizes.rowStep + reach, sizes.rows) }
    self.sizes = sizes
  }

  /// Computes some rows of the results of an image.
  func compute(_ rows: Range<Int>, of image: Int) {
    let source = images + image * sizes.rows * sizes.columns * pitch
    let made = Storage<Float>(count: before == nil ? 0 : sizes.memoryRows * sizes.columns * sizes.channels)
    let filtered = Storage<Float>(count: behind == nil ? 0 : height * sizes.resultColumns * sizes.channels)
    var ready = 0
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: height) {
      let some = first..<Swift.min(first + height, rows.upperBound)
      if let before {
        let begin = Swift.max(ready, first * sizes.rowStep - sizes.top)
        let end = Swift.min(sizes.rows, (some.upperBound - 1) * sizes.rowStep - sizes.top + reach)
        if begin < end { make(begin..<end, of: source, by: before, in: made.pointer) }
        ready = Swift.max(ready, end)
      }
      filter(some, of: image, from: before == nil ? source : UnsafePointer(made.pointer), to: filtered.pointer)
      if let behind { combine(some, of: image, from: UnsafePointer(filtered.pointer), by: behind) }
    }
    extendLifetime((made, filtered))
  }

  /// Makes some rows of the images that are filtered. Row r stands at r modulo the rows that the memory has.
  private func make(
    _ rows: Range<Int>, of source: UnsafePointer<Float>, by products: IndirectProducts,
    in memory: UnsafeMutablePointer<Float>
  ) {
    compute(products, pixels: rows.count * sizes.columns) { index, reads, targets in
      let (place, column) = index.quotientAndRemainder(dividingBy: sizes.columns)
      let row = rows.lowerBound + place
      reads = source + (row * sizes.columns + column) * pitch
      targets = memory + (row % sizes.memoryRows * sizes.columns + column) * sizes.channels
    }
  }

  /// Filters each channel by itself.
  private func filter(
    _ rows: Range<Int>, of image: Int, from source: UnsafePointer<Float>, to filtered: UnsafeMutablePointer<Float>
  ) {
    let length = sizes.resultColumns * sizes.channels
    withUnsafePointer(to: sizes) { sizes in
      for (place, row) in rows.enumerated() {
        let result =
          behind == nil
          ? target.patches(image: image, row: row)
          : kilim_result(
            values: filtered + place * length, places: nil, rowStride: length, pixelStride: sizes.pointee.channels,
            rows: 1, columns: sizes.pointee.resultColumns, pools: 0, epilogue: epilogue)
        DepthwiseConvolution.computeRow(row, sizes, of: source, filters, into: result)
      }
    }
  }

  /// Makes the results of the filtered channels.
  private func combine(
    _ rows: Range<Int>, of image: Int, from filtered: UnsafePointer<Float>, by products: IndirectProducts
  ) {
    let channels = products.filters.columns
    let results =
      products.results + (image * sizes.resultRows + rows.lowerBound) * sizes.resultColumns * channels
    compute(products, pixels: rows.count * sizes.resultColumns) { index, reads, targets in
      reads = filtered + index * sizes.channels
      targets = results + index * channels
    }
  }

  /// Computes all channels of some pixels; `list` says where each reads and where it is written.
  @inline(__always)
  private func compute(
    _ products: IndirectProducts, pixels: Int,
    list: (Int, inout UnsafePointer<Float>, inout UnsafeMutablePointer<Float>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: pixels) { reads in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: pixels) { targets in
        guard let reads = reads.baseAddress, let targets = targets.baseAddress else { return }
        for index in 0..<pixels { list(index, &reads[index], &targets[index]) }
        products.compute(0..<products.filters.panels, pixels: pixels, reads, targets)
      }
    }
  }
}
