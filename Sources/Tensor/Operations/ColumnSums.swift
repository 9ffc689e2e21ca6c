import CKernels

extension Tensor where Scalar == Float {
  /// The sums over axes with kept axes inside of them in memory, such as the rows and columns of images with the channels
  /// innermost: rows of neighbouring elements are added. `nil` where that is not the order in memory.
  ///
  /// - Returns: the sums, with the axes at length 1, in the order in memory of this tensor.
  func columnSums(over axes: Set<Int>) -> Tensor? {
    guard layout.isDense, count > 0 else { return nil }
    let order = layout.axesByFallingStride.filter { shape[$0] != 1 }
    guard let first = order.firstIndex(where: axes.contains), let last = order.lastIndex(where: axes.contains),
      last < order.count - 1, order[first...last].allSatisfy(axes.contains)
    else { return nil }
    let groups = order[..<first].reduce(1) { $0 * shape[$1] }
    let columns = order[(last + 1)...].reduce(1) { $0 * shape[$1] }
    let sums = columnSums(groups: groups, rows: count / groups / columns, columns: columns)
    var result = Layout(rowMajor: Shape(shape.indices.map { axes.contains($0) ? 1 : shape[$0] }))
    var next = 1
    for axis in order.reversed() where !axes.contains(axis) {
      result.strides[axis] = next
      next *= shape[axis]
    }
    return Tensor(storage: sums.storage, layout: result)
  }

  /// The sums of the columns of dense matrices, `[groups, columns]`. Rows are added in pieces, whose number depends on the
  /// sizes only; then the pieces are added.
  private func columnSums(groups: Int, rows: Int, columns: Int) -> Tensor {
    let rowsPerPiece = Swift.max((rows + 63) / 64, 16_384 / columns, 1)
    let pieces = (rows + rowsPerPiece - 1) / rowsPerPiece
    let partial = Tensor(unsafeUninitialized: [pieces, groups, columns]) { partial in
      guard let partial = partial.baseAddress else { return }
      nonisolated(unsafe) let target = partial
      let source = elements
      parallelFor(count: groups * pieces, grain: Swift.max(16_384 / (rowsPerPiece * columns), 1)) { range in
        for index in range {
          let (group, piece) = (index / pieces, index % pieces)
          let first = piece * rowsPerPiece
          Kernels.best.columnSums(
            source + (group * rows + first) * columns, Swift.min(rowsPerPiece, rows - first), columns,
            target + (piece * groups + group) * columns)
        }
      }
    }
    extendLifetime(self)
    return pieces == 1 ? partial : partial.summingFirstAxis()
  }
}
