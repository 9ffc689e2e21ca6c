import CKernels

/// Products of factors that are copied into panels, in blocks that fit the caches.
///
/// A block of B, at most 512 × 256 elements, is copied to panels of 32 columns and multiplied by all rows of A, 32 rows
/// at a time. The rows of A are not copied, since a kernel reads their elements one by one. If A is transposed, it is
/// copied to panels too.
///
/// Source: Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication, 2008.
extension MatrixProduct {
  /// Multiplies block by block.
  func storeBlocks(to c: UnsafeMutablePointer<Float>, stride: Int, accumulates: Bool) {
    let blockRows = Self.blockLength(of: m, atMost: a.isTransposed ? 128 : m, step: Kernels.panel)
    let blockColumns = Self.blockLength(of: n, atMost: 256, step: Kernels.panel)
    let blockDepth = Self.blockLength(of: k, atMost: 512, step: 16)
    // A matrix of 32 columns without gaps already has the form of a panel.
    let isPanel = !b.isTransposed && n == Kernels.panel && b.stride == Kernels.panel
    let aPanels = Storage<Float>(count: a.isTransposed ? blockRows * blockDepth : 0)
    let bPanels = Storage<Float>(count: isPanel ? 0 : blockColumns * blockDepth)
    for column in Swift.stride(from: 0, to: n, by: blockColumns) {
      let columns = Swift.min(blockColumns, n - column)
      for first in Swift.stride(from: 0, to: k, by: blockDepth) {
        let depth = Swift.min(blockDepth, k - first)
        if !isPanel {
          let pack = b.isTransposed ? Kernels.best.transposePanels : Kernels.best.copyPanels
          pack(depth, columns, b.element(first, column), b.stride, bPanels.pointer)
        }
        for row in Swift.stride(from: 0, to: m, by: blockRows) {
          let rows = Swift.min(blockRows, m - row)
          if a.isTransposed {
            Kernels.best.copyPanels(depth, rows, a.element(row, first), a.stride, aPanels.pointer)
          }
          multiply(
            kilim_product(
              rows: rows, columns: columns, depth: depth,
              a: a.isTransposed ? UnsafePointer(aPanels.pointer) : a.element(row, first),
              aRowStride: a.isTransposed ? 1 : a.stride, aDepthStride: a.isTransposed ? Kernels.panel : 1,
              b: isPanel ? b.element(first, column) : UnsafePointer(bPanels.pointer), bStride: Kernels.panel,
              c: c + row * stride + column, cStride: stride, accumulates: accumulates || first > 0 ? 1 : 0))
        }
      }
    }
    extendLifetime((aPanels, bPanels))
  }

  /// Multiplies blocks of A and B, 32 rows by one panel at a time.
  private func multiply(_ block: kilim_product) {
    for row in Swift.stride(from: 0, to: block.rows, by: Kernels.panel) {
      for column in Swift.stride(from: 0, to: block.columns, by: Kernels.panel) {
        var part = block
        part.rows = Swift.min(Kernels.panel, block.rows - row)
        part.columns = Swift.min(Kernels.panel, block.columns - column)
        part.a += a.isTransposed ? row * block.depth : row * a.stride
        part.b += column * block.depth
        part.c += row * block.cStride + column
        Kernels.best.multiplyMatrices(&part)
      }
    }
  }

  /// The length of the blocks into which `count` is divided: about equal, and a multiple of `step`.
  private static func blockLength(of count: Int, atMost limit: Int, step: Int) -> Int {
    let blocks = (count + limit - 1) / limit
    return ((count + blocks - 1) / blocks).roundedUp(to: step)
  }
}
