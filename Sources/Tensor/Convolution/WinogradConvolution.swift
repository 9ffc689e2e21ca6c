// Winograd's convolution F(4×4, 3×3): 36 products for 16 results and each pair of channels, in place of 144; and
// F(2×2, 3×3), 16 products for 4 results, whose transformed filters are less than half as large.
//
// It goes in three phases:
//   1. the inputs of every tile are transformed, V = Bᵀ d B, into 36 (16) matrices [tiles, C];
//   2. each of them is multiplied by the transformed filters, M = V · U, U = G g Gᵀ of [C, O];
//   3. the products of every tile are transformed back, Y = Aᵀ M A, and finished: bias, ReLU, pooling.
//
// The gradients are the adjoints of the same phases: dM = A dY Aᵀ is made once, and gives dU = Vᵀ · dM and
// dV = dM · Uᵀ; then dg = Gᵀ dU G, and dX sums B dV Bᵀ over tiles that overlap.
//
// What is multiplied should lie in the L2 cache of the core that multiplies. Many tiles are cut into blocks, a few of
// whose channels' transforms fit. Few tiles make one block, and the filters, which are larger then, are transformed
// panel by panel as they are needed, so that they never go through memory.
//
// Which thread does what never changes the order of a sum: the bits are the same on any number of them.
//
// Sources: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016; the error bound stands in
// CKernels/Kernels/Winograd.h.

import CKernels

/// A 3×3 convolution of stride 1, computed by Winograd's algorithm.
struct WinogradConvolution {
  let geometry: ConvolutionGeometry
  let tiles: WinogradTiles

  /// The transform costs as much as the products of about 16 channels.
  static let leastChannels = 16
  /// As many tiles make one block.
  static let tilesOfOneBlock = 128

  /// `nil` where the shape is not one for this algorithm. Without a `side`, the tiles are of the size that costs less.
  init?(_ geometry: ConvolutionGeometry, side: Int? = nil, leastChannels: Int = Self.leastChannels) {
    let window = geometry.placement.window
    guard window.size == 3, window.stride == 1, window.dilation == 1, geometry.groups == 1,
      min(geometry.inputChannels, geometry.outputChannels) >= leastChannels
    else { return nil }
    self.geometry = geometry
    let candidates = [2, 4].filter { $0 == side ?? $0 }.map { WinogradTiles(geometry, side: $0) }
    guard let tiles = candidates.min(by: { Self.cost($0) < Self.cost($1) }) else { return nil }
    self.tiles = tiles
  }

  /// The products of a tile for each pair of channels.
  var points: Int { tiles.points }

  /// The operations for each pair of channels, and the 4 bytes of a transformed filter at each point: reading one takes
  /// about as long as 8 operations. Tiles are multiplied 8 at a time.
  private static func cost(_ tiles: WinogradTiles) -> Int {
    tiles.points * ((tiles.count + 7) / 8 * 16 + 32)
  }

  /// How many tiles of so many channels have their transforms in the L2 cache of a core, beside what streams by.
  func tiles(inCacheWith channels: Int) -> Int {
    let bytes = 640 * 1024
    return bytes / (4 * points * channels) / 8 * 8
  }

  /// Takes memory for transforms.
  func matrices(rows: Int, columns: Int, groups: Int = 1) -> PanelMatrices {
    PanelMatrices(count: groups * points, rows: rows, columns: columns, side: tiles.side)
  }

  /// The filters of a convolution: transformed once for all, or a weight of which each panel is transformed as it is
  /// needed.
  enum Filters: Sendable {
    case transformed(PanelMatrices)
    case weight(Tensor<Float>)
  }

  /// The filters of a weight `[O, C, 3, 3]` for ``compute(_:_:into:)``; in a form that serves many calls, or one.
  func filters(_ weight: Tensor<Float>, isKept: Bool) -> Filters {
    isKept || tiles.count > Self.tilesOfOneBlock
      ? .transformed(transformed(weight, for: .output)) : .weight(weight)
  }

  /// The convolution with tiles of the size that the filters were transformed for.
  func with(_ filters: Filters) -> WinogradConvolution {
    guard case .transformed(let matrices) = filters, matrices.strides.side != tiles.side else { return self }
    return WinogradConvolution(geometry, side: matrices.strides.side) ?? self
  }

  /// What transformed filters are for: which channels the products sum over.
  enum Purpose {
    /// U, a matrix `[C, O]` for each point.
    case output
    /// Uᵀ, matrices `[O, C]`.
    case inputGradient
  }

  /// The transformed filters of a weight `[O, C, 3, 3]`, or one panel of them.
  func transformed(_ weight: Tensor<Float>, for purpose: Purpose, panel: Int? = nil) -> PanelMatrices {
    let sides = sides(of: purpose)
    let panels = panel.map { $0..<$0 + 1 } ?? 0..<Kernels.panels(for: sides.columns)
    let result = matrices(rows: sides.rows, columns: panels.count * Kernels.panel)
    let weight = weight.contiguous()
    defer { extendLifetime(weight) }
    let filters = weight.elements
    withUnsafePointer(to: result.strides) { planes in
      forEachPiece(of: purpose, panels: panels) { panel, lanes, rows in
        Kernels.best.winogradFilters(
          filters + lanes.lowerBound * sides.strides.column + rows.lowerBound * sides.strides.row,
          sides.strides.column, lanes.count, sides.strides.row, rows.count,
          result.panel(panel - panels.lowerBound, of: 0) + rows.lowerBound * Kernels.panel, planes)
      }
    }
    return result
  }

  /// The sides of the transformed filters, and how far neighbours along them lie apart in the weight.
  func sides(of purpose: Purpose) -> (rows: Int, columns: Int, strides: (row: Int, column: Int)) {
    let (channels, outputChannels) = (geometry.inputChannels, geometry.outputChannels)
    return switch purpose {
    case .output: (channels, outputChannels, (row: 9, column: 9 * channels))
    case .inputGradient: (outputChannels, channels, (row: 9 * channels, column: 9))
    }
  }

  /// Calls `body` in parallel for pieces of transformed filters: a panel, its columns, and 16 rows.
  func forEachPiece(
    of purpose: Purpose, panels: Range<Int>, _ body: (_ panel: Int, _ columns: Range<Int>, _ rows: Range<Int>) -> Void
  ) {
    let (sides, rowsPerPiece) = (sides(of: purpose), 16)
    let pieces = (sides.rows + rowsPerPiece - 1) / rowsPerPiece
    parallelFor(chunks: panels.count * pieces) { chunk in
      let (panel, first) = (panels.lowerBound + chunk / pieces, chunk % pieces * rowsPerPiece)
      body(
        panel, Kernels.channels(ofPanel: panel, of: sides.columns), first..<Swift.min(first + rowsPerPiece, sides.rows))
    }
  }

  /// V of one block, from images whose channels are innermost.
  func transformInput(_ images: UnsafePointer<Float>, _ block: WinogradTiles.Block) -> PanelMatrices {
    let data = matrices(rows: block.capacity, columns: geometry.inputChannels)
    parallelFor(chunks: block.rows.count) { chunk in
      let row = block.rows.lowerBound + chunk
      var (offset, view) = tiles.patches(ofRow: row)
      withUnsafePointer(to: data.strides) { strides in
        Kernels.best.winogradInput(
          images + offset, &view, tiles.columns, geometry.inputChannels, data.row(block.firstTile(ofRow: row)), strides)
      }
    }
    return data
  }

  /// Calls `body` for every index, in parallel if that keeps all threads busy; otherwise one index after the other,
  /// so that the threads share the work of each.
  func parallelOutside(count: Int, _ body: (_ index: Int) -> Void) {
    if count % Threads.count == 0 || count >= 4 * Threads.count {
      parallelFor(chunks: count, body)
    } else {
      for index in 0..<count { body(index) }
    }
  }
}
