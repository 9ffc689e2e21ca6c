import CKernels

/// How the results of a convolution are divided into tiles, and the tiles into blocks that are processed together.
///
/// A block is a sequence of rows of tiles; it can span several images if they are small.
struct WinogradTiles {
  /// Rows and columns of tiles in one image.
  let rows, columns: Int
  /// How many results a tile has: one of ``sizes``.
  let size: Size
  private let geometry: ConvolutionGeometry

  /// The sizes for which there are kernels. A result costs 1.9 products with the wide one, and 2.25 and 4 with the
  /// others.
  static let sizes: [Size] = [Size(height: 4, width: 8), 4, 2]

  /// Those that lose no more than an accuracy allows.
  static func sizes(for accuracy: FusedConvolution.Accuracy) -> [Size] {
    switch accuracy {
    case .exact: []
    case .high: [4, 2]
    case .standard: sizes
    }
  }

  init(_ geometry: ConvolutionGeometry, size: Size) {
    self.geometry = geometry
    self.size = size
    rows = (geometry.placement.output.height + size.height - 1) / size.height
    columns = (geometry.placement.output.width + size.width - 1) / size.width
  }

  /// The products of a tile for each pair of channels.
  var points: Int { (size.height + 2) * (size.width + 2) }

  /// The tiles of all images.
  var count: Int { rows * columns * geometry.batch }

  /// The blocks of some images in their order, each of about `tiles` tiles: whole rows, at least one.
  func blocks(of images: Range<Int>, tiles: Int) -> [Block] {
    let rowsPerBlock = Swift.max(tiles / Swift.max(columns, 1), 1)
    let end = images.upperBound * rows
    return stride(from: images.lowerBound * rows, to: end, by: rowsPerBlock).map { first in
      Block(rows: first..<Swift.min(first + rowsPerBlock, end), columns: columns)
    }
  }

  /// All tiles in blocks of at most about `tiles` tiles, whole rows each: as many blocks for each of some threads.
  func blocks(ofAtMost tiles: Int, threads: Int) -> [Block] {
    let total = rows * geometry.batch
    let rowsPerBlock = Swift.max(tiles / Swift.max(columns, 1), 1)
    let count = Swift.min(((total + rowsPerBlock - 1) / rowsPerBlock).roundedUp(to: threads), total)
    return (0..<count).map { Block(rows: total * $0 / count..<total * ($0 + 1) / count, columns: columns) }
  }

  /// The images in at most `most` groups of about equal size, each with at least `leastTiles` tiles if there are so
  /// many.
  func groups(most: Int, leastTiles: Int) -> [Range<Int>] {
    let batch = geometry.batch
    let count = Swift.max(Swift.min(self.count / leastTiles, most, batch), 1)
    return (0..<count).map { $0 * batch / count..<($0 + 1) * batch / count }
  }

  /// A sequence of rows of tiles, numbered across all images.
  struct Block {
    let rows: Range<Int>
    let columns: Int

    /// The number of tiles.
    var count: Int { rows.count * columns }

    /// The number of tiles, rounded up to the eight rows that the kernels multiply at a time.
    var capacity: Int { count.roundedUp(to: 8) }

    /// The number of the first tile of a row among the tiles of the block.
    func firstTile(ofRow row: Int) -> Int { (row - rows.lowerBound) * columns }
  }

  /// The images that a block touches.
  func images(of block: Block) -> Range<Int> {
    block.rows.lowerBound / rows..<(block.rows.upperBound - 1) / rows + 1
  }

  /// The rows of a block that are in one image.
  func rows(of block: Block, in image: Int) -> Range<Int> {
    block.rows.clamped(to: image * rows..<(image + 1) * rows)
  }

  /// The image of a row of tiles, and the row of results at which its tiles begin.
  @inline(__always)
  func place(ofRow row: Int) -> (image: Int, row: Int) { (row / rows, row % rows * size.height) }

  /// The inputs under the first tile of a row: the part that is inside the image, and the offset at which the patch
  /// begins in the images with channels innermost. The offset may be negative.
  @inline(__always)
  func patches(ofRow row: Int) -> (offset: Int, view: kilim_patch) {
    let (input, channels) = (geometry.placement.input, geometry.inputChannels)
    let (image, firstRow) = place(ofRow: row)
    let (top, left) = (firstRow - geometry.placement.top, -geometry.placement.left)
    let view = kilim_patch(
      rowStride: input.width * channels, pixelStride: channels,
      firstRow: Swift.max(-top, 0), endRow: Swift.min(input.height - top, size.height + 2),
      firstColumn: -left, endColumn: input.width - left,
      sharedRows: firstRow == 0 ? 0 : 2, sharedColumns: 0)
    return (((image * input.height + top) * input.width + left) * channels, view)
  }
}
