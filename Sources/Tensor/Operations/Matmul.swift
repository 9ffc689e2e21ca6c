extension Tensor where Scalar: FloatingScalar {
  /// The matrix product, of single matrices or of batches of them.
  ///
  /// Shapes: `[M, K] × [K, N] → [M, N]`; with leading axes, `[…, M, K] × […, K, N] → […, M, N]`, where the leading
  /// axes broadcast. Stops if they do not fit. A transposed matrix is multiplied without a copy.
  ///
  /// Cost: 2·M·N·K operations for each matrix.
  public func matmul(_ other: Tensor) -> Tensor {
    require(rank >= 2 && other.rank >= 2, "matmul: a matrix has two axes: \(shape) x \(other.shape)")
    let (m, k, n) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 1])
    require(
      k == other.shape[other.rank - 2], "matmul: inner dimensions differ: \(shape) x \(other.shape)")
    guard let batch = Shape.broadcast(Shape(shape.dropLast(2)), Shape(other.shape.dropLast(2))) else {
      stop("matmul: batch axes do not broadcast: \(shape) x \(other.shape)")
    }
    let a = MatrixBatch(broadcast(to: Shape(batch + [m, k])))
    let b = MatrixBatch(other.broadcast(to: Shape(batch + [k, n])))
    defer { extendLifetime((a, b)) }
    return Tensor(unsafeUninitialized: Shape(batch + [m, n])) { output in
      guard let target = output.baseAddress, output.count > 0 else { return }
      let split = MatmulSplit(m: m, n: n, k: k)
      parallelFor(chunks: batch.elementCount * split.chunks) { chunk in
        let (matrix, part) = chunk.quotientAndRemainder(dividingBy: split.chunks)
        let (rows, columns) = split.part(part)
        let result = target + matrix * m * n + rows.lowerBound * n + columns.lowerBound
        Scalar.unsafeGemm(
          transposeA: a.isTransposed, transposeB: b.isTransposed, m: rows.count, n: columns.count, k: k,
          a.pointer(to: matrix, row: rows.lowerBound, column: 0), lda: a.leadingDimension,
          b.pointer(to: matrix, row: 0, column: columns.lowerBound), ldb: b.leadingDimension,
          result, ldc: n, accumulates: false)
      }
    }
  }
}

/// How one product is divided into chunks: blocks of the result, which are halved along their longer side as long as
/// that pays. It depends on the sizes only.
private struct MatmulSplit {
  /// The least work of a chunk, in multiplications: about 20 microseconds on one core.
  private static let leastWork = 1_000_000
  /// Blocks with a longer side are always divided. With this side, packing the factors costs little compared with the
  /// multiplications.
  private static let longestSide = 256
  /// Smaller blocks are divided until there are this many chunks, so that all threads have work.
  private static let enoughChunks = 16

  private let m, n: Int
  private let rows, columns: Int
  private let columnChunks: Int
  let chunks: Int

  init(m: Int, n: Int, k: Int) {
    var (rows, columns) = (m, n)
    func pieces(_ rows: Int, _ columns: Int) -> Int { ((m + rows - 1) / rows) * ((n + columns - 1) / columns) }
    while rows * columns * k >= 2 * Self.leastWork,
      pieces(rows, columns) < Self.enoughChunks || Swift.max(rows, columns) > Self.longestSide
    {
      // Chunks of fewer than 16 rows or 32 columns would read the other factor too often.
      if rows >= columns || columns <= 32 {
        if rows <= 16 { break }
        rows = (rows / 2).roundedUp(to: 16)
      } else {
        columns = (columns / 2).roundedUp(to: 32)
      }
    }
    (self.m, self.n, self.rows, self.columns) = (m, n, rows, columns)
    columnChunks = (n + columns - 1) / columns
    chunks = pieces(rows, columns)
  }

  func part(_ index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (row, column) = index.quotientAndRemainder(dividingBy: columnChunks)
    return (
      row * rows..<Swift.min((row + 1) * rows, m), column * columns..<Swift.min((column + 1) * columns, n)
    )
  }
}

/// Matrices along leading axes, each laid out so that a product can read it: rows or columns without gaps between
/// neighbours.
private struct MatrixBatch<Scalar: FloatingScalar> {
  private let tensor: Tensor<Scalar>
  private let starts: [Int]
  let isTransposed: Bool
  let leadingDimension: Int

  init(_ tensor: Tensor<Scalar>) {
    let rank = tensor.rank
    let (rows, columns) = (tensor.shape[rank - 2], tensor.shape[rank - 1])
    func fits(_ neighbour: Int, _ line: Int, _ length: Int, _ lines: Int) -> Bool {
      (neighbour == 1 || length == 1) && (line >= Swift.max(length, 1) || lines == 1)
    }
    let strides = tensor.layout.strides
    let readsRows = fits(strides[rank - 1], strides[rank - 2], columns, rows)
    let readsColumns = !readsRows && fits(strides[rank - 2], strides[rank - 1], rows, columns)
    self.tensor = readsRows || readsColumns ? tensor : tensor.copied()
    isTransposed = readsColumns
    let line = self.tensor.layout.strides[readsColumns ? rank - 1 : rank - 2]
    leadingDimension = Swift.max(line, readsColumns ? rows : columns, 1)
    starts = Self.starts(of: self.tensor.layout)
  }

  func pointer(to matrix: Int, row: Int, column: Int) -> UnsafePointer<Scalar> {
    let place = isTransposed ? column * leadingDimension + row : row * leadingDimension + column
    return UnsafePointer(tensor.storage.pointer + starts[matrix] + place)
  }

  /// Where each matrix begins, in row-major order of the leading axes.
  private static func starts(of layout: Layout) -> [Int] {
    var starts = [layout.offset]
    for axis in 0..<layout.shape.rank - 2 {
      starts = starts.flatMap { start in
        (0..<layout.shape[axis]).map { start + $0 * layout.strides[axis] }
      }
    }
    return starts
  }
}
