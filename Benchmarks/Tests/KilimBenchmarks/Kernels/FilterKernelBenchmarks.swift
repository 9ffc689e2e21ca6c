import Kilim

/// The transforms of the filters of Winograd's convolution, and of their gradients.
///
/// Rows and columns are those of the transformed filters: input and output channels, or the other way round for the
/// gradient with respect to the input. Kernels are given pieces of 16 rows, in the fourth convolution all rows.
final class FilterKernelBenchmarks: KernelBenchmark {
  /// A thread's share of so many columns, in whole panels.
  private static func share(of columns: Int) -> Int { max(columns / panel / Threads.count, 1) * panel }

  /// Calls `body` for a thread's share of the pieces of a panel and some rows.
  private static func forEachPiece(
    rows: Int, columns: Int, rowsOfPiece: Int, _ body: (_ panel: Int, _ firstRow: Int) -> Void
  ) {
    for panel in 0..<share(of: columns) / panel {
      for row in stride(from: 0, to: rows, by: rowsOfPiece) { body(panel, row) }
    }
  }

  /// From a weight in which rows or columns are neighbours.
  private func gather(rows: Int, columns: Int, areRowsNeighbours: Bool, rowsOfPiece: Int = 16) {
    measure(.bytes(2 * 4 * 9 * rows * Self.share(of: columns))) {
      let (weight, gathered) = (numbers(9 * rows * columns), numbers(9 * rowsOfPiece * Self.panel))
      let (rowStride, columnStride) = areRowsNeighbours ? (9, 9 * rows) : (9 * columns, 9)
      return {
        Self.forEachPiece(rows: rows, columns: columns, rowsOfPiece: rowsOfPiece) { panel, row in
          kernels.gatherFilters(
            weight + panel * Self.panel * columnStride + row * rowStride, columnStride, Self.panel, rowStride,
            rowsOfPiece, gathered)
        }
      }
    }
  }

  func testGatherFilters2() { gather(rows: 64, columns: 128, areRowsNeighbours: true) }
  func testGatherFilters3() { gather(rows: 128, columns: 256, areRowsNeighbours: true) }
  func testGatherFilters4() { gather(rows: 256, columns: 512, areRowsNeighbours: true, rowsOfPiece: 256) }
  func testGatherFiltersBackward2() { gather(rows: 128, columns: 64, areRowsNeighbours: false) }
  func testGatherFiltersBackward3() { gather(rows: 256, columns: 128, areRowsNeighbours: false) }
  func testGatherFiltersBackward4() { gather(rows: 512, columns: 256, areRowsNeighbours: false, rowsOfPiece: 512) }

  /// All points of filters, ten of a row from nine elements.
  private func transform(rows: Int, columns: Int) {
    measure(.bytes(6 * 4 * (9 + 10) * rows * Self.share(of: columns))) {
      let (gathered, planes) = (numbers(9 * 16 * Self.panel), matrices(rows: rows, columns: columns))
      return {
        Self.forEachPiece(rows: rows, columns: columns, rowsOfPiece: 16) { panel, row in
          for pointRow in 0..<6 {
            kernels.winogradFilters(
              gathered, 16, pointRow, planes.panel(panel, of: 10 * pointRow, row: row), planes.strides)
          }
        }
      }
    }
  }

  func testWinogradFilters2() { transform(rows: 64, columns: 128) }
  func testWinogradFilters3() { transform(rows: 128, columns: 256) }

  /// A panel whose rows of points take each other's place.
  func testWinogradFilters4() {
    let rows = 256
    measure(.bytes(6 * 4 * (9 + 10) * rows * Self.panel)) {
      let (gathered, planes) = (numbers(9 * rows * Self.panel), matrices(10, rows: rows, columns: Self.panel))
      return {
        for pointRow in 0..<6 {
          kernels.winogradFilters(gathered, rows, pointRow, planes.panel(0, of: 0), planes.strides)
        }
      }
    }
  }

  /// From the gradients of so many groups of photos, whose sum takes the place of the first one.
  private func transformGradient(rows: Int, columns: Int, groups: Int) {
    measure(.bytes(4 * (Self.points * (groups == 1 ? 1 : groups + 1) + 9) * rows * Self.share(of: columns))) {
      let planes = matrices(groups * Self.points, rows: rows, columns: columns)
      let weight = numbers(9 * rows * columns)
      return {
        Self.forEachPiece(rows: rows, columns: columns, rowsOfPiece: 16) { panel, row in
          kernels.winogradFilterGradient(
            planes.panel(panel, of: 0, row: row), planes.strides, groups,
            Self.points * planes.strides.pointee.planeStride, Self.panel, 16,
            weight + 9 * (panel * Self.panel * rows + row), 9 * rows)
        }
      }
    }
  }

  func testWinogradFilterGradient2() { transformGradient(rows: 64, columns: 128, groups: 4) }
  func testWinogradFilterGradient3() { transformGradient(rows: 128, columns: 256, groups: 1) }

  /// A panel of channels and one panel of filters after the other, whose gradients take each other's place.
  func testWinogradFilterGradient4() {
    let (channels, filters) = (256, 512)
    measure(.bytes(4 * (Self.points + 9) * Self.panel * filters)) {
      let (planes, weight) = (matrices(rows: Self.panel, columns: Self.panel), numbers(9 * channels * filters))
      return {
        for panel in 0..<filters / Self.panel {
          kernels.winogradFilterGradient(
            planes.panel(0, of: 0), planes.strides, 1, 0, Self.panel, Self.panel,
            weight + 9 * panel * Self.panel * channels, 9 * channels)
        }
      }
    }
  }
}
