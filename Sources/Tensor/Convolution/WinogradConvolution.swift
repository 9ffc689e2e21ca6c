// Winograd's convolution F(4×8, 3×3): 60 products instead of 288 for 32 results and each pair of channels. If its tiles
// do not fit the image: F(4×4, 3×3), 36 products for 16 results. If there are few tiles: F(2×2, 3×3), 16 products for 4
// results, which has the smallest transformed filters.
//
// There are three phases:
//   1. the inputs of every tile are transformed, V = Bᵀ d B, into 60 (36, 16) matrices [tiles, C];
//   2. each of them is multiplied by the transformed filters, M = V · U, U = G g Gᵀ of [C, O];
//   3. the products of every tile are transformed back, Y = Aᵀ M A, and the epilogue is applied: bias, ReLU, pooling.
//
// The gradients are the adjoints of these phases: dM = A dY Aᵀ is computed once and gives dU = Vᵀ · dM and dV = dM ·
// Uᵀ. Then dg = Gᵀ dU G, and dX is the sum of B dV Bᵀ over the overlapping tiles.
//
// The factors should be in the L2 cache of the core that multiplies them. Many tiles are divided into blocks, of which
// the transforms of some channels fit. Few tiles make a single block. The filters are then larger than the tiles, and
// are transformed panel by panel when they are needed, so that they are never written to memory.
//
// The order of a sum never depends on the threads: the bits are the same on any number of threads.
//
// Sources: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016; the error bound is in
// CKernels/Kernels/Winograd.h.

import CKernels

/// A 3×3 convolution of stride 1, computed by Winograd's algorithm.
struct WinogradConvolution {
  let geometry: ConvolutionGeometry
  let tiles: WinogradTiles

  /// The transform costs as much as the products of about 16 channels.
  static let leastChannels = 16
  /// Up to this number, all tiles form one block.
  static let tilesOfOneBlock = 128

  /// With tiles of that of the sizes that costs least. `nil` where there is none, or the shape is not one for this
  /// algorithm.
  init?(_ geometry: ConvolutionGeometry, sizes: [Size], leastChannels: Int = Self.leastChannels) {
    let window = geometry.placement.window
    guard window.size == 3, window.stride == 1, window.dilation == 1, geometry.groups == 1,
      min(geometry.inputChannels, geometry.outputChannels) >= leastChannels
    else { return nil }
    self.geometry = geometry
    let candidates = sizes.map { WinogradTiles(geometry, size: $0) }
    guard let tiles = candidates.min(by: { Self.cost($0) < Self.cost($1) }) else { return nil }
    self.tiles = tiles
  }

  /// The products of a tile for each pair of channels ("points"): as many as its inputs, and in the same order.
  var points: Int { tiles.points }
  /// The rows of points.
  var pointRows: Int { tiles.size.height + 2 }
  /// The points of one row.
  var pointColumns: Int { tiles.size.width + 2 }

  /// The cost for each pair of channels: the operations, and reading the 4 bytes of a transformed filter at each point,
  /// which takes about as long as 8 operations. 8 tiles are multiplied at a time.
  static func cost(_ tiles: WinogradTiles) -> Int {
    tiles.points * (2 * tiles.count.roundedUp(to: 8) + 32)
  }

  /// The number of tiles whose transforms fit into the L2 cache of a core for a number of channels, beside the other
  /// data that are read.
  func tiles(inCacheWith channels: Int) -> Int {
    let bytes = 640 * 1024
    return bytes / (4 * points * channels) / 8 * 8
  }

  /// Takes memory for transforms.
  func matrices(rows: Int, columns: Int, groups: Int = 1) -> PanelMatrices {
    PanelMatrices(count: groups * points, rows: rows, columns: columns, tile: tiles.size)
  }

  /// The filters of a convolution: transformed once, or a weight whose panels are transformed when they are needed.
  enum Filters: Sendable {
    case transformed(PanelMatrices)
    case weight(Tensor<Float>)
  }

  /// The filters of a weight `[O, C, 3, 3]` for ``compute(_:_:into:)``, in the form for many calls or for a single one.
  func filters(_ weight: Tensor<Float>, isKept: Bool) -> Filters {
    isKept || tiles.count > Self.tilesOfOneBlock
      ? .transformed(transformed(weight, for: .output)) : .weight(weight.contiguous())
  }

  /// The convolution with tiles of the size that the filters were transformed for.
  func with(_ filters: Filters) -> WinogradConvolution {
    guard case .transformed(let matrices) = filters, matrices.tile != tiles.size else { return self }
    guard let other = WinogradConvolution(geometry, sizes: [matrices.tile]) else {
      stop("convolution: the filters were prepared for tiles of \(matrices.tile)")
    }
    return other
  }

  /// The use of transformed filters: the channels that the products sum over.
  enum Purpose {
    /// U, a matrix `[C, O]` for each point.
    case output
    /// Uᵀ, matrices `[O, C]`.
    case inputGradient
  }

  /// The transformed filters of a weight `[O, C, 3, 3]`.
  func transformed(_ weight: Tensor<Float>, for purpose: Purpose) -> PanelMatrices {
    let sides = sides(of: purpose)
    let result = matrices(rows: sides.rows, columns: sides.columns)
    let weight = weight.contiguous()
    defer { extendLifetime((weight, result)) }
    withUnsafePointer(to: result.strides) { planes in
      forEachPiece(of: purpose) { panel, lanes, rows in
        let filters = gathered(weight, for: purpose, lanes: lanes, rows: rows)
        defer { extendLifetime(filters) }
        for row in 0..<pointRows {
          Kernels.best.winogradFilters(
            filters.pointer, rows.count, row,
            result.panel(panel, of: row * pointColumns) + rows.lowerBound * Kernels.panel, planes)
        }
      }
    }
    return result
  }

  /// Calls `body` with one panel of the transformed filters, one row of points after the other. A row fits into the L2
  /// cache; the whole panel would not.
  func forEachRowOfPoints(
    of weight: Tensor<Float>, for purpose: Purpose, panel: Int, _ body: (_ row: Int, _ filters: PanelMatrices) -> Void
  ) {
    let sides = sides(of: purpose)
    let lanes = Kernels.channels(ofPanel: panel, of: sides.columns)
    let filters = gathered(weight, for: purpose, lanes: lanes, rows: 0..<sides.rows)
    let transformed = PanelMatrices(
      count: pointColumns, rows: sides.rows, columns: Kernels.panel, tile: tiles.size)
    defer { extendLifetime((filters, transformed)) }
    withUnsafePointer(to: transformed.strides) { planes in
      for row in 0..<pointRows {
        Kernels.best.winogradFilters(filters.pointer, sides.rows, row, transformed.row(0), planes)
        body(row, transformed)
      }
    }
  }

  /// Up to 32 columns (lanes) and some rows of filters, `[rows, 9, 32]`, from a contiguous weight.
  private func gathered(
    _ weight: Tensor<Float>, for purpose: Purpose, lanes: Range<Int>, rows: Range<Int>
  ) -> Storage<Float> {
    let strides = sides(of: purpose).strides
    let result = Storage<Float>(count: rows.count * 9 * Kernels.panel)
    if lanes.count < Kernels.panel { result.pointer.update(repeating: 0, count: result.count) }
    Kernels.best.gatherFilters(
      weight.elements + lanes.lowerBound * strides.column + rows.lowerBound * strides.row, strides.column, lanes.count,
      strides.row, rows.count, result.pointer)
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
    of purpose: Purpose, _ body: (_ panel: Int, _ columns: Range<Int>, _ rows: Range<Int>) -> Void
  ) {
    let (sides, rowsPerPiece) = (sides(of: purpose), 16)
    let pieces = (sides.rows + rowsPerPiece - 1) / rowsPerPiece
    parallelFor(chunks: Kernels.panels(for: sides.columns) * pieces) { chunk in
      let (panel, first) = (chunk / pieces, chunk % pieces * rowsPerPiece)
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

  /// Calls `body` for every index, in parallel if that keeps all threads busy, or more of them than the `inside` parts of each;
  /// otherwise one index after the other, so that the threads share the work of each.
  func parallelOutside(count: Int, inside: Int = .max, _ body: (_ index: Int) -> Void) {
    if count % Threads.count == 0 || count >= 4 * Threads.count || count > inside {
      parallelFor(chunks: count, body)
    } else {
      for index in 0..<count { body(index) }
    }
  }
}
