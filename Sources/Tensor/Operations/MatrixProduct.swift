/// The product of two matrices of `Float` on one thread: C = A · B, or C += A · B.
///
/// Shapes: A is M×K, B is K×N, C is M×N. Cost: 2·M·N·K operations, and the memory of at most 0.75 MB or of four columns of B.
/// The order of all sums depends on the sizes only.
package struct MatrixProduct {
  /// One of the factors and its layout in memory.
  package struct Factor {
    let start: UnsafePointer<Float>
    let stride: Int
    let isTransposed: Bool

    /// A factor whose rows (its columns, if it `isTransposed`) are `stride` elements apart.
    package init(_ start: UnsafePointer<Float>, stride: Int, isTransposed: Bool) {
      (self.start, self.stride, self.isTransposed) = (start, stride, isTransposed)
    }

    func element(_ row: Int, _ column: Int) -> UnsafePointer<Float> {
      start + (isTransposed ? column * stride + row : row * stride + column)
    }
  }

  /// The way to compute a product. They differ in time alone.
  package enum Way: CaseIterable {
    /// Blocks of the factors are copied into panels, so that caches serve the reading again and again.
    case blocks
    /// The rows of B are read where they stand, once for each few rows of A. B is not transposed.
    case rows
    /// Each element is the scalar product of a row of A and a column of B, both of which lie in one piece. A is not
    /// transposed; where B is not either, its columns are copied.
    case dots
  }

  let m, n, k: Int
  let a, b: Factor

  /// A product of matrices that are not empty.
  package init(m: Int, n: Int, k: Int, _ a: Factor, _ b: Factor) {
    require(m > 0 && n > 0 && k > 0, "matmul: a product of \(m) x \(k) and \(k) x \(n)")
    (self.m, self.n, self.k, self.a, self.b) = (m, n, k, a, b)
  }

  /// The fastest way, measured on shapes of dense, recurrent and attention layers.
  package var fastestWay: Way {
    if !a.isTransposed && (n <= 4 || b.isTransposed && (m < 8 || m * n < 1_000)) { return .dots }
    // Copies pay where much is read often: by many rows of A, into whole vectors of C.
    return b.isTransposed || m > 16 && n > 16 && m * n * k > 1_000_000 ? .blocks : .rows
  }

  /// Whether the product can be computed in this way.
  package func allows(_ way: Way) -> Bool {
    switch way {
    case .blocks: true
    case .rows: !b.isTransposed
    case .dots: !a.isTransposed
    }
  }

  /// Writes the product to C, whose rows are `stride` elements apart, or adds it to C.
  package func store(to c: UnsafeMutablePointer<Float>, stride: Int, accumulates: Bool, way: Way? = nil) {
    let way = way ?? fastestWay
    require(allows(way), "matmul: \(way) cannot be used for this layout of the factors")
    switch way {
    case .blocks: storeBlocks(to: c, stride: stride, accumulates: accumulates)
    case .rows: storeRows(to: c, stride: stride, accumulates: accumulates)
    case .dots: storeDots(to: c, stride: stride, accumulates: accumulates)
    }
  }
}
