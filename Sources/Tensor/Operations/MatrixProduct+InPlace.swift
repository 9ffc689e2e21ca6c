import CKernels

/// Products whose factors are read where they stand.
extension MatrixProduct {
  /// Multiplies by rows of B, a tile of the result at a time.
  func storeRows(to c: UnsafeMutablePointer<Float>, stride: Int, accumulates: Bool) {
    var product = kilim_product(
      rows: m, columns: n, depth: k, a: a.start, aRowStride: a.isTransposed ? 1 : a.stride,
      aDepthStride: a.isTransposed ? a.stride : 1, b: b.start, bStride: b.stride, c: c, cStride: stride,
      accumulates: accumulates ? 1 : 0)
    Kernels.best.multiplyMatrices(&product)
  }

  /// Computes scalar products of rows of A and columns of B.
  func storeDots(to c: UnsafeMutablePointer<Float>, stride: Int, accumulates: Bool) {
    let columns = Storage<Float>(count: b.isTransposed ? 0 : n * k)
    if !b.isTransposed {
      for column in 0..<n {
        for depth in 0..<k { columns.pointer[column * k + depth] = b.start[depth * b.stride + column] }
      }
    }
    var product = kilim_product(
      rows: m, columns: n, depth: k, a: a.start, aRowStride: a.stride, aDepthStride: 1,
      b: b.isTransposed ? b.start : UnsafePointer(columns.pointer), bStride: b.isTransposed ? b.stride : k, c: c,
      cStride: stride, accumulates: accumulates ? 1 : 0)
    Kernels.best.multiplyDots(&product)
    extendLifetime(columns)
  }
}
