/// An iteration over two operands of the same shape whose smallest strides are along different axes, as in a
/// transposition: band by band.
///
/// A band has `height` rows of `length` elements. Its element (i, j) is at `a + i + j * columnStride` in the first
/// operand and at `b + i * rowStride + j` in the second. So its rows are contiguous in the second operand, and its
/// columns in the first.
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

  /// `nil` if the operands do not have such strides.
  init?(_ rows: StridedRows) {
    guard rows.inner.a > 1, rows.inner.b == 1 else { return nil }
    guard let axis = rows.outer.firstIndex(where: { $0.a == 1 }) else { return nil }
    (length, columnStride) = (rows.inner.length, rows.inner.a)
    (rowCount, rowStride) = (rows.outer[axis].length, rows.outer[axis].b)
    // High enough that the step from band to band costs little, and low enough that there are bands for all threads.
    fullHeight = max(4_096 / length, 16)
    walk = rows.crossing(axis, inStepsOf: fullHeight)
  }

  /// Calls `body` for every band, with its height and the positions of its first elements. Chunks of bands run in
  /// parallel.
  @inline(__always)
  func forEachBand(_ body: (_ height: Int, _ a: Int, _ b: Int) -> Void) {
    let count = (rowCount + fullHeight - 1) / fullHeight
    walk.forEachRow { band, a, b in body(min(fullHeight, rowCount - band % count * fullHeight), a, b) }
  }
}
