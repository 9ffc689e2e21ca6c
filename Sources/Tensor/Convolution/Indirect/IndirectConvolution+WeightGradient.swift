import CKernels

extension IndirectConvolution {
  /// The gradients with respect to weight and bias, from that of all results, `[N, O, oh, ow]`.
  ///
  /// Blocks of pixels are multiplied, what each row of a filter reads by the gradient: dw += xᵀ · dy. Rows and columns of
  /// dw are divided into parts that stay in the L2 cache. If there are few parts, the pixels are divided into up to eight
  /// groups too, whose sums are added at last. All depends on the shape alone.
  func filterGradients(
    _ gradient: Tensor<Float>, input: Tensor<Float>
  ) -> (weight: Tensor<Float>, bias: Tensor<Float>) {
    let gradient = gradient.channelsLast()
    defer { extendLifetime(gradient) }
    let source = IndirectSource(input, for: geometry)
    let sums = FilterGradientSums(geometry, source, gradient: UnsafePointer(gradient.elements))
    parallelFor(chunks: sums.chunks) { sums.compute($0) }
    extendLifetime(sums)
    return (sums.weight(), sums.bias())
  }
}

/// The sums of a filter's gradient, in panels like those of the filters.
private struct FilterGradientSums: @unchecked Sendable {
  private let geometry: ConvolutionGeometry
  private let source: IndirectSource
  private let gradient: UnsafePointer<Float>
  /// The length of a run that is read under one tap, and the number of taps.
  private let depth, taps: Int
  private let blocks: IndirectBlocks
  /// One for each group of pixels.
  private let panels: IndirectFilters
  private let biases: Storage<Float>
  private let pixelGroups, rowParts, columnParts: Int

  /// The parts of dw: rows of at most as many panels, and columns.
  private static let mostPanels = 8
  private static let enoughParts = 16
  /// The pixels of a block: two panels of them stay in the L1 cache, or nearly.
  private static let pixels = 192

  init(_ geometry: ConvolutionGeometry, _ source: IndirectSource, gradient: UnsafePointer<Float>) {
    (self.geometry, self.source, self.gradient) = (geometry, source, gradient)
    (depth, taps) = (source.depth(channels: geometry.inputChannelsPerGroup), source.taps)
    blocks = source.blocks(pixels: Self.pixels, step: 1)
    let columnPanels = Kernels.panels(for: geometry.outputChannelsPerGroup)
    let rowPanels = taps * Kernels.panels(for: depth)
    rowParts = (rowPanels + Self.mostPanels - 1) / Self.mostPanels
    columnParts = (columnPanels + Self.mostPanels - 1) / Self.mostPanels
    let parts = geometry.groups * rowParts * columnParts
    pixelGroups = Swift.min(Swift.min(Swift.max(Self.enoughParts / parts, 1), 8), blocks.indices.count)
    panels = IndirectFilters(
      groups: pixelGroups * geometry.groups, columns: geometry.outputChannelsPerGroup, rows: geometry.filterSize)
    biases = Storage(count: pixelGroups * geometry.groups * columnPanels * Kernels.panel)
  }

  /// The number of parts of the work.
  var chunks: Int { pixelGroups * geometry.groups * rowParts * columnParts }

  /// Computes a part: some rows and columns of one group's filters, for a group of pixels.
  func compute(_ chunk: Int) {
    let part = chunk % (rowParts * columnParts)
    let groups = chunk / (rowParts * columnParts)
    let (group, pixelGroup) = (groups % geometry.groups, groups / geometry.groups)
    let columnPanels = Kernels.panels(for: geometry.outputChannelsPerGroup)
    let rowPanels = taps * Kernels.panels(for: depth)
    let (row, column) = (part % rowParts, part / rowParts)
    let rows = rowPanels * row / rowParts..<rowPanels * (row + 1) / rowParts
    let columns = columnPanels * column / columnParts..<columnPanels * (column + 1) / columnParts
    let count = blocks.indices.count
    let largest = blocks[0].count
    let (left, right) = (
      Storage<Float>(count: largest * Kernels.panel), Storage<Float>(count: columns.count * largest * Kernels.panel)
    )
    let first = count * pixelGroup / pixelGroups
    for block in first..<count * (pixelGroup + 1) / pixelGroups {
      let pixels = blocks[block]
      source.withReads(of: pixels) { reads in
        add(
          reads, pixels, rows, columns, group: group, panel: (pixelGroup * geometry.groups + group) * columnPanels,
          left.pointer, right.pointer, accumulates: block > first)
      }
    }
  }

  /// Adds the products of one block of pixels; `panel` is the first of the group.
  private func add(
    _ reads: UnsafePointer<UnsafePointer<Float>>, _ pixels: Range<Int>, _ rows: Range<Int>, _ columns: Range<Int>,
    group: Int, panel: Int, _ left: UnsafeMutablePointer<Float>, _ right: UnsafeMutablePointer<Float>,
    accumulates: Bool
  ) {
    let (width, count) = (geometry.outputChannelsPerGroup, pixels.count)
    let accumulates: Int32 = accumulates ? 1 : 0
    let channels = columns.lowerBound * Kernels.panel..<Swift.min(columns.upperBound * Kernels.panel, width)
    Kernels.best.copyPanels(
      count, channels.count,
      gradient + pixels.lowerBound * geometry.outputChannels + group * width + channels.lowerBound,
      geometry.outputChannels, right)
    func columnCount(_ column: Int) -> Int { Kernels.channels(ofPanel: column, of: width).count }
    func gradients(_ column: Int) -> UnsafePointer<Float> {
      UnsafePointer(right + (column - columns.lowerBound) * count * Kernels.panel)
    }
    if rows.lowerBound == 0 {
      for column in columns {
        Kernels.best.addRows(
          count, columnCount(column), gradients(column), biases.pointer + (panel + column) * Kernels.panel,
          accumulates)
      }
    }
    let panelsOfTap = Kernels.panels(for: depth)
    for row in rows {
      let (tap, channels) = (row / panelsOfTap, Kernels.channels(ofPanel: row % panelsOfTap, of: depth))
      Kernels.best.gatherRows(
        reads + tap * count, group * depth + channels.lowerBound, count, channels.count, left)
      for column in columns {
        Kernels.best.addOuterProducts(
          count, channels.count, columnCount(column), left, gradients(column),
          panels.panel(panel + column) + (tap * depth + channels.lowerBound) * Kernels.panel, accumulates)
      }
    }
  }

  /// The sums of all groups of pixels, as a weight.
  func weight() -> Tensor<Float> {
    let result = Tensor<Float>(unsafeUninitialized: Layout(rowMajor: geometry.weightShape))
    let (size, width) = (geometry.filterSize, geometry.outputChannelsPerGroup)
    let (target, parts) = (result.storage.pointer, pixelGroups)
    let columnPanels = Kernels.panels(for: width)
    let stride = geometry.groups * columnPanels * size * Kernels.panel
    geometry.rowsOfFilterElements.withUnsafeBufferPointer { rows in
      guard let start = rows.baseAddress else { return }
      nonisolated(unsafe) let rows = start
      parallelFor(chunks: geometry.groups * columnPanels) { panel in
        let columns = Kernels.channels(ofPanel: panel % columnPanels, of: width)
        let first = panel / columnPanels * width + columns.lowerBound
        Kernels.best.unpackLines(
          panels.panel(panel), parts, stride, rows, size, columns.count, target + first * size, size)
      }
    }
    extendLifetime(panels)
    return result
  }

  /// The sums of all groups of pixels, as a bias.
  func bias() -> Tensor<Float> {
    let width = geometry.outputChannelsPerGroup
    let columnPanels = Kernels.panels(for: width)
    let scalars = (0..<geometry.outputChannels).map { channel in
      let place = channel / width * columnPanels * Kernels.panel + channel % width
      return (0..<pixelGroups).reduce(Float(0)) {
        $0 + biases.pointer[$1 * geometry.groups * columnPanels * Kernels.panel + place]
      }
    }
    return Tensor(shape: [geometry.outputChannels], scalars: scalars)
  }
}
