/// A walk over one shape under the strides of two operands whose neighbours lie along different axes, as in a
/// transposition: matrix by matrix.
///
/// A band is `height` rows of `length` elements side by side. Its element (i, j) stands at `a + i + j * columnStride` in
/// the first operand and, its rows running along the second, at `b + i * rowStride + j`.
struct StridedBands {
  /// The length of a row.
  let length: Int
  /// The distance between neighbours of a row in the first operand.
  let columnStride: Int
  /// The distance between neighbours of a column in the second operand.
  let rowStride: Int
  private let rowCount: Int
  private let fullHeight: Int
  private let walk: StridedRows

  /// `nil` where the operands are not of this kind.
  init?(_ rows: StridedRows) {
    guard rows.inner.a > 1, rows.inner.b == 1 else { return nil }
    guard let axis = rows.outer.firstIndex(where: { $0.a == 1 }) else { return nil }
    (length, columnStride) = (rows.inner.length, rows.inner.a)
    (rowCount, rowStride) = (rows.outer[axis].length, rows.outer[axis].b)
    // Worth the way from one to the next, and enough of them for the threads.
    fullHeight = max(4_096 / length, 16)
    walk = rows.crossing(axis, inStepsOf: fullHeight)
  }

  /// Calls `body` for every band with its height and the places of its first elements, in chunks, in parallel.
  @inline(__always)
  func forEachBand(_ body: (_ height: Int, _ a: Int, _ b: Int) -> Void) {
    let count = (rowCount + fullHeight - 1) / fullHeight
    walk.forEachRow { band, a, b in body(min(fullHeight, rowCount - band % count * fullHeight), a, b) }
  }
}
