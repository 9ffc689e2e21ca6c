import CKernels

/// How the results of a convolution are cut into tiles of 4×4, and the tiles into blocks that are worked on together.
///
/// A block is a run of rows of tiles, over image borders where images are small. Its transforms should stay in the
/// caches on their way from one phase to the next. With 128 tiles of 64 and 128 channels they take 3.5 MB; measured
/// fastest among 64, 128 and 256.
struct WinogradTiles {
  /// Rows and columns of tiles in one image.
  let rows, columns: Int
  private let geometry: ConvolutionGeometry
  private let rowsPerBlock: Int

  init(_ geometry: ConvolutionGeometry) {
    self.geometry = geometry
    rows = (geometry.placement.output.height + 3) / 4
    columns = (geometry.placement.output.width + 3) / 4
    rowsPerBlock = Swift.max(Swift.min(128 / columns, rows * geometry.batch), 1)
  }

  /// Tiles in the largest block, rounded up to the eight rows that the kernels multiply at a time.
  var capacity: Int { (rowsPerBlock * columns + 7) / 8 * 8 }

  /// The blocks in their order.
  var blocks: [Block] {
    stride(from: 0, to: rows * geometry.batch, by: rowsPerBlock).map { first in
      Block(rows: first..<Swift.min(first + rowsPerBlock, rows * geometry.batch), columns: columns)
    }
  }

  /// A run of rows of tiles, numbered through all images.
  struct Block {
    let rows: Range<Int>
    let columns: Int

    /// The number of tiles.
    var count: Int { rows.count * columns }

    /// The number of the first tile of a row among the tiles of the block.
    func firstTile(ofRow row: Int) -> Int { (row - rows.lowerBound) * columns }
  }

  /// The images that a block touches.
  func images(of block: Block) -> Range<Int> {
    block.rows.lowerBound / rows..<(block.rows.upperBound - 1) / rows + 1
  }

  /// The rows of a block that lie in one image.
  func rows(of block: Block, in image: Int) -> Range<Int> {
    block.rows.clamped(to: image * rows..<(image + 1) * rows)
  }

  /// Calls `body` for every tile of a row with its column and the place of its 6×6 inputs: what is inside of the
  /// image, and where in the image, with its channels innermost, the patch begins, which may be before its start.
  @inline(__always)
  func forEachPatch(ofRow row: Int, _ body: (_ column: Int, _ offset: Int, _ patch: inout kilim_patch) -> Void) {
    let (input, channels) = (geometry.placement.input, geometry.inputChannels)
    let (image, top) = (row / rows, row % rows * 4 - geometry.placement.top)
    for column in 0..<columns {
      let left = column * 4 - geometry.placement.left
      var patch = kilim_patch(
        rowStride: input.width * channels, pixelStride: channels,
        firstRow: Swift.max(-top, 0), endRow: Swift.min(input.height - top, 6),
        firstColumn: Swift.max(-left, 0), endColumn: Swift.min(input.width - left, 6),
        sharedRows: row % rows == 0 ? 0 : 2, sharedColumns: column == 0 ? 0 : 2)
      body(column, ((image * input.height + top) * input.width + left) * channels, &patch)
    }
  }
}
