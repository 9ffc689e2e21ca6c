import CKernels
import Kilim

/// The transforms of data, results and gradients of Winograd's convolution, in tiles of 4 × 8 results.
final class TransformKernelBenchmarks: KernelBenchmark {
  /// Photos with their channels innermost, a thread's share of 32 or all of them, and the block of tiles that their
  /// transforms stand in.
  private struct Photos {
    let channels, side, tilesOfBlock, count: Int

    init(_ channels: Int, _ side: Int, tiles: Int, count: Int = max(32 / Threads.count, 1)) {
      (self.channels, self.side, tilesOfBlock, self.count) = (channels, side, tiles, count)
    }

    var panels: Int { channels / KernelBenchmark.panel }
    /// The numbers of all photos, 32 in each tile.
    var size: Int { count * side * side * channels }
    /// The tiles of a row of them.
    var columns: Int { side / 8 }
    /// The rows of tiles of one photo.
    private var rows: Int { side / 4 }

    /// Calls `body` for every row of tiles of every block, one panel of channels after the other if there are panels.
    func forEachRow(panels: Int = 1, _ body: (_ photo: Int, _ row: Int, _ tileOfBlock: Int, _ panel: Int) -> Void) {
      let rowsOfBlock = tilesOfBlock / columns
      for first in stride(from: 0, to: count * rows, by: rowsOfBlock) {
        for panel in 0..<panels {
          for row in first..<min(first + rowsOfBlock, count * rows) {
            body(row / rows, row % rows, (row - first) * columns, panel)
          }
        }
      }
    }

    /// Where the patches under a row of tiles begin, and what of them is inside of the photo.
    func patches(photo: Int, row: Int) -> (offset: Int, view: kilim_patch) {
      let top = 4 * row - 1
      let view = kilim_patch(
        rowStride: side * channels, pixelStride: channels, firstRow: max(-top, 0), endRow: min(side - top, 6),
        firstColumn: 1, endColumn: side + 1, sharedRows: row == 0 ? 0 : 2, sharedColumns: 0)
      return (((photo * side + top) * side - 1) * channels, view)
    }

    /// Where the maxima of a row of tiles begin.
    func maxima(photo: Int, row: Int) -> Int { (photo * side / 2 + 2 * row) * side / 2 * channels }
  }

  private func input(_ photos: Photos) {
    measure(.bytes(photos.size / 32 * 4 * (32 + Self.points))) {
      let pixels = numbers(photos.size)
      let planes = matrices(rows: photos.tilesOfBlock, columns: photos.channels)
      return {
        photos.forEachRow { photo, row, tile, _ in
          var (offset, view) = photos.patches(photo: photo, row: row)
          kernels.winogradInput(
            pixels + offset, &view, photos.columns, photos.channels, planes.panel(0, of: 0, row: tile), planes.strides)
        }
      }
    }
  }

  func testWinogradInput2() { input(Photos(64, 32, tiles: 40)) }
  func testWinogradInput3() { input(Photos(128, 16, tiles: 16)) }
  func testWinogradInput4() { input(Photos(256, 8, tiles: 64)) }

  /// With ReLU and pooling: eight maxima of each tile and their places.
  private func output(_ photos: Photos) {
    measure(.bytes(photos.size / 32 * (4 * Self.points + 8 * 5))) {
      let planes = matrices(rows: photos.tilesOfBlock, columns: Self.panel)
      let (maxima, places) = (numbers(photos.size / 4), bytes(photos.size / 4, below: 5))
      let bias = numbers(photos.channels)
      return {
        photos.forEachRow(panels: photos.panels) { photo, row, tile, panel in
          let channel = panel * Self.panel
          let first = photos.maxima(photo: photo, row: row) + channel
          var result = kilim_result(
            values: maxima + first, places: places + first, rowStride: photos.side / 2 * photos.channels,
            pixelStride: photos.channels, rows: 2, columns: photos.side / 2, pools: 1,
            epilogue: .relu(bias: bias + channel))
          kernels.winogradOutput(
            planes.panel(0, of: 0, row: tile), planes.strides, photos.columns, Self.panel, &result)
        }
      }
    }
  }

  func testWinogradOutput2() { output(Photos(128, 32, tiles: 40)) }
  func testWinogradOutput3() { output(Photos(256, 16, tiles: 16)) }
  func testWinogradOutput4() { output(Photos(512, 8, tiles: 64, count: 32)) }

  /// From the gradients of the maxima.
  private func gradient(_ photos: Photos) {
    measure(.bytes(photos.size / 32 * (8 * 5 + 4 * Self.points))) {
      let (maxima, places) = (numbers(photos.size / 4), bytes(photos.size / 4, below: 5))
      let planes = matrices(rows: photos.tilesOfBlock, columns: photos.channels)
      let sums = numbers(photos.channels)
      return {
        photos.forEachRow { photo, row, tile, _ in
          let first = photos.maxima(photo: photo, row: row)
          var gradient = kilim_gradient(
            values: maxima + first, places: places + first, rowStride: photos.side / 2 * photos.channels,
            pixelStride: photos.channels, rows: 2, columns: photos.side / 2)
          kernels.winogradGradient(
            &gradient, photos.columns, photos.channels, planes.panel(0, of: 0, row: tile), planes.strides, sums)
        }
      }
    }
  }

  func testWinogradGradient2() { gradient(Photos(128, 32, tiles: 32)) }
  func testWinogradGradient3() { gradient(Photos(256, 16, tiles: 32)) }
  func testWinogradGradient4() { gradient(Photos(512, 8, tiles: 64)) }

  /// From blocks of all channels, or of one panel.
  private func inputGradient(_ photos: Photos, channelsOfBlock: Int) {
    measure(.bytes(photos.size / 32 * 4 * (Self.points + 32))) {
      let planes = matrices(rows: photos.tilesOfBlock, columns: channelsOfBlock)
      let pixels = numbers(photos.size)
      return {
        photos.forEachRow(panels: photos.panels) { photo, row, tile, panel in
          var (offset, view) = photos.patches(photo: photo, row: row)
          kernels.winogradInputGradient(
            planes.panel(panel % (channelsOfBlock / Self.panel), of: 0, row: tile), planes.strides, photos.columns,
            Self.panel, pixels + offset + panel * Self.panel, &view)
        }
      }
    }
  }

  func testWinogradInputGradient2() { inputGradient(Photos(64, 32, tiles: 32), channelsOfBlock: 64) }
  func testWinogradInputGradient3() { inputGradient(Photos(128, 16, tiles: 32), channelsOfBlock: 128) }
  func testWinogradInputGradient4() { inputGradient(Photos(256, 8, tiles: 64, count: 32), channelsOfBlock: 32) }
}
