import CKernels

/// The pixels of a grid, each the sum of products of what it reads and the filters.
struct IndirectWork: @unchecked Sendable {
  let grid: IndirectGrid
  let source: IndirectSource
  let products: IndirectProducts
  /// What measures the channels of the results; `nil` where nobody asks. Its pieces are the blocks of pixels.
  var pieces: ChannelPieces?

  /// A block of pixels, its number, and some panels of filters.
  struct Part {
    let pixels: Range<Int>
    let block: Int
    let panels: Range<Int>
  }

  /// Computes a part.
  func compute(_ part: Part) {
    source.withReads(of: part.pixels) { reads in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: part.pixels.count) { targets in
        guard let targets = targets.baseAddress else { return }
        grid.listTargets(part.pixels, of: products.results, to: targets)
        guard let pieces else {
          products.compute(part.panels, pixels: part.pixels.count, reads, targets)
          return
        }
        // Panel by panel, while its results are in the cache.
        let first = UnsafePointer(products.results) + part.pixels.lowerBound * grid.targetChannels
        for panel in part.panels {
          products.compute(
            panel, isFirst: panel == part.panels.lowerBound, pixels: part.pixels.count, reads, targets)
          pieces.measure(part.block, channels: products.filters.place(ofPanel: panel).columns, from: first)
        }
      }
    }
  }
}

/// Sums of products of filters and what pixels read, wherever that is and wherever they go.
struct IndirectProducts: @unchecked Sendable {
  let filters: IndirectFilters
  /// The length of a run that is read under one tap.
  let depth: Int
  let results: UnsafeMutablePointer<Float>
  let epilogue: kilim_epilogue

  /// The filters of as many numbers stay in the L1 cache, or nearly.
  private static let mostNumbers = 256
  /// Runs of this length or more are prefetched: the processor does not prefetch several long runs at once by itself.
  private static let longRun = 64

  /// Computes some panels of channels of some pixels.
  ///
  /// - Parameters:
  ///   - panels: the panels.
  ///   - pixels: the number of pixels.
  ///   - reads: what each pixel reads under each tap, `[taps][pixels]`.
  ///   - targets: where the results of each pixel are.
  func compute(
    _ panels: Range<Int>, pixels: Int, _ reads: UnsafePointer<UnsafePointer<Float>>,
    _ targets: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) {
    for panel in panels {
      compute(panel, isFirst: panel == panels.lowerBound, pixels: pixels, reads, targets)
    }
  }

  /// Computes one panel of channels, one block of the sums after the other; `isFirst` says whether it is the first that reads
  /// the pixels.
  func compute(
    _ panel: Int, isFirst: Bool, pixels: Int, _ reads: UnsafePointer<UnsafePointer<Float>>,
    _ targets: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  ) {
    let (group, columns) = filters.place(ofPanel: panel)
    let blocks = Swift.max((filters.rows + Self.mostNumbers - 1) / Self.mostNumbers, 1)
    for block in 0..<blocks {
      let numbers = filters.rows * block / blocks..<filters.rows * (block + 1) / blocks
      var piece = kilim_indirect(
        rows: pixels, reads: reads, readPitch: pixels, readOffset: group * depth, depth: depth,
        tap: numbers.lowerBound / depth, start: numbers.lowerBound % depth, count: numbers.count,
        filters: filters.panel(panel) + numbers.lowerBound * Kernels.panel, columns: columns.count, results: targets,
        channel: group * filters.columns + columns.lowerBound, accumulates: block > 0 ? 1 : 0,
        isLast: block == blocks - 1 ? 1 : 0, isFirst: isFirst && depth >= Self.longRun ? 1 : 0, epilogue: epilogue,
        resultsBase: results)
      Kernels.best.indirect(&piece)
    }
  }
}

/// How work is divided into parts. Where results are measured it is by the shape alone, otherwise by the number of threads
/// too; no sum is divided, so that the bits are the same.
///
/// Where there are more images than filters, parts are blocks of pixels: what a thread has written is what it reads in the next
/// layer. Where there are more filters, as in the last layers of a network, parts are panels of filters, each read by one
/// thread.
struct IndirectDivision {
  private let blocks: IndirectBlocks
  private let panels, panelParts: Int
  private let isByPixels: Bool

  /// The most bytes of images that a block reads: about half of the L2 cache of a core.
  private static let cachedBytes = 256 * 1024
  /// The fewest multiplications that are worth a part of their own, and enough parts for any number of threads.
  private static let leastWork = 1 << 19, enoughParts = 32
  /// The parts of each thread: one that is late leaves some to the others.
  private static let partsOfThread = 4

  /// Divides work whose pixels read so many bytes each; `measures` says whether the results are measured.
  init(_ work: IndirectWork, bytesOfPixel: Int, measures: Bool) {
    let tile = Kernels.best.tileRows
    let pixels = work.grid.count
    let filters = work.products.filters
    let channels = filters.columns * filters.groups
    let products = pixels * filters.rows * channels
    let enough = measures ? Self.enoughParts : Swift.min(Self.enoughParts, Self.partsOfThread * Threads.count)
    let parts = Swift.min(Swift.max(products / Self.leastWork, 1), enough)
    let listed = 8 * Swift.max(work.source.taps, 1)
    let cached = Swift.min(Self.cachedBytes / Swift.max(bytesOfPixel, 1), Self.cachedBytes / 4 / listed)
    let largest = Swift.min(Swift.max(cached, 6 * tile), 768)
    panels = filters.panels
    isByPixels = 4 * panels * filters.rows * Kernels.panel < pixels * (bytesOfPixel + 4 * channels)
    // Each block reads the filters of its part anew, so that blocks are not too small.
    let fewestBlocks = isByPixels ? parts : (parts + panels - 1) / panels
    var length = Swift.min(largest, Swift.max((pixels + fewestBlocks - 1) / fewestBlocks, 6 * tile))
    if !measures {
      // As many blocks for each thread.
      let count = ((pixels + length - 1) / length).roundedUp(to: parts > 1 ? Threads.count : 1)
      length = Swift.max((pixels + count - 1) / count, 3 * tile)
    }
    blocks = work.source.blocks(pixels: length, step: measures ? tile : 1)
    panelParts = Swift.min(panels, Swift.max((parts + blocks.indices.count - 1) / blocks.indices.count, 1))
  }

  /// The number of parts.
  var chunks: Int { blocks.indices.count * panelParts }

  /// The numbers of pixels of the blocks.
  var pixelCounts: [Int] { blocks.indices.map { blocks[$0].count } }

  /// Whether each pixel belongs to one part alone.
  var readsEachPixelOnce: Bool { panelParts == 1 }

  /// A part. Neighbours share their pixels or their filters, so that each thread reads its own.
  subscript(chunk: Int) -> IndirectWork.Part {
    let (part, block) =
      isByPixels
      ? (chunk % panelParts, chunk / panelParts) : (chunk / blocks.indices.count, chunk % blocks.indices.count)
    return IndirectWork.Part(
      pixels: blocks[block], block: block, panels: panels * part / panelParts..<panels * (part + 1) / panelParts)
  }
}
