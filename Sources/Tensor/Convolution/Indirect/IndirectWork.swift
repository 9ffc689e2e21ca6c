import CKernels

/// The pixels of a grid, each the sum of products of what it reads and the filters.
struct IndirectWork: @unchecked Sendable {
  let grid: IndirectGrid
  let source: IndirectSource
  let filters: IndirectFilters
  /// The length of a run that is read under one tap.
  let depth: Int
  let results: UnsafeMutablePointer<Float>
  let epilogue: kilim_epilogue

  /// A block of pixels, and some panels of filters.
  struct Part {
    let pixels: Range<Int>
    let panels: Range<Int>
  }

  /// The filters of as many numbers stay in the L1 cache, or nearly.
  private static let mostNumbers = 256
  /// From this length on, a processor does not follow the runs of several pixels by itself: they are asked for ahead.
  private static let longRun = 64

  /// Computes a part.
  func compute(_ part: Part) {
    source.withReads(of: part.pixels) { reads in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: part.pixels.count) { targets in
        guard let targets = targets.baseAddress else { return }
        grid.listTargets(part.pixels, of: results, to: targets)
        for panel in part.panels {
          let isFirst = panel == part.panels.lowerBound && depth >= Self.longRun
          compute(panel, isFirst: isFirst, pixels: part.pixels.count, reads, targets)
        }
      }
    }
  }

  /// Computes one panel of channels, one block of the sums after the other.
  ///
  /// The first panel of a part is the first that reads its pixels.
  private func compute(
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
        isLast: block == blocks - 1 ? 1 : 0, isFirst: isFirst ? 1 : 0, epilogue: epilogue, resultsBase: results)
      Kernels.best.indirect(&piece)
    }
  }
}

/// How work is divided into parts: by its shape alone.
struct IndirectDivision {
  private let blocks: IndirectBlocks
  private let panels, panelParts: Int

  /// The most bytes of images that a block reads: about half of the L2 cache of a core.
  private static let cachedBytes = 256 * 1024
  /// The fewest multiplications that are worth a part of their own, and enough parts for any number of threads.
  private static let leastWork = 1 << 19, enoughParts = 32

  /// Divides work whose pixels read so many bytes each.
  init(_ work: IndirectWork, bytesOfPixel: Int) {
    let tile = Kernels.best.tileRows
    let pixels = work.grid.count
    let products = pixels * work.filters.rows * work.filters.columns * work.filters.groups
    let parts = Swift.min(Swift.max(products / Self.leastWork, 1), Self.enoughParts)
    let listed = 8 * Swift.max(work.source.taps, 1)
    let cached = Swift.min(Self.cachedBytes / Swift.max(bytesOfPixel, 1), Self.cachedBytes / 4 / listed)
    let largest = Swift.min(Swift.max(cached, 6 * tile), 768)
    panels = work.filters.panels
    // Each block reads the filters of its part anew: smaller ones only if there are too few panels for the parts.
    let fewestBlocks = (parts + panels - 1) / panels
    let length = Swift.min(largest, Swift.max((pixels + fewestBlocks - 1) / fewestBlocks, 6 * tile))
    blocks = work.source.blocks(pixels: length, step: tile)
    panelParts = Swift.min(panels, Swift.max((parts + blocks.indices.count - 1) / blocks.indices.count, 1))
  }

  /// The number of parts.
  var chunks: Int { blocks.indices.count * panelParts }

  /// Whether each pixel belongs to one part alone.
  var readsEachPixelOnce: Bool { panelParts == 1 }

  /// A part. Neighbours share their filters, so that each thread reads its own.
  subscript(chunk: Int) -> IndirectWork.Part {
    let (part, block) = (chunk / blocks.indices.count, chunk % blocks.indices.count)
    return IndirectWork.Part(
      pixels: blocks[block], panels: panels * part / panelParts..<panels * (part + 1) / panelParts)
  }
}
