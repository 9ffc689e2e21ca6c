/// An iteration over two operands of the same shape, row by row.
///
/// Axes of length 1 are removed, and neighbouring axes are merged if a single stride per operand covers both. So a row,
/// the innermost loop, is as long as possible.
struct StridedRows {
  /// The axes other than that of the rows.
  private(set) var outer: [(length: Int, a: Int, b: Int)] = []
  /// The length of a row and the strides along it.
  private(set) var inner: (length: Int, a: Int, b: Int) = (1, 0, 0)
  private let offsets: (a: Int, b: Int)

  /// Both layouts have the same shape.
  init(_ a: Layout, _ b: Layout) {
    offsets = (a.offset, b.offset)
    for axis in a.shape.indices where a.shape[axis] != 1 {
      let next = (length: a.shape[axis], a: a.strides[axis], b: b.strides[axis])
      if let last = outer.last, last.a == next.a * next.length, last.b == next.b * next.length {
        outer[outer.count - 1] = (last.length * next.length, next.a, next.b)
      } else {
        outer.append(next)
      }
    }
    if let last = outer.popLast() { inner = last }
  }

  /// The iteration in which `step` neighbouring rows along an outer axis count as one. That axis becomes the last of
  /// the outer axes. The last step along it may reach beyond its end.
  func crossing(_ axis: Int, inStepsOf step: Int) -> StridedRows {
    var result = self
    let crossed = result.outer.remove(at: axis)
    result.outer.append(((crossed.length + step - 1) / step, crossed.a * step, crossed.b * step))
    result.inner.length *= step
    return result
  }

  /// Calls `body` for every row, with its number and the positions of its first elements. Chunks of rows run in
  /// parallel.
  func forEachRow(_ body: (_ row: Int, _ a: Int, _ b: Int) -> Void) {
    let rows = outer.reduce(1) { $0 * $1.length }
    parallelFor(count: rows, grain: max(16_384 / max(inner.length, 1), 1)) { range in
      var index = [Int](repeating: 0, count: outer.count)
      var (a, b) = offsets
      var rest = range.lowerBound
      for axis in outer.indices.reversed() {
        index[axis] = rest % outer[axis].length
        rest /= outer[axis].length
        a += index[axis] * outer[axis].a
        b += index[axis] * outer[axis].b
      }
      for row in range {
        body(row, a, b)
        var axis = outer.count - 1
        while axis >= 0 {
          index[axis] += 1
          a += outer[axis].a
          b += outer[axis].b
          if index[axis] < outer[axis].length { break }
          a -= outer[axis].a * outer[axis].length
          b -= outer[axis].b * outer[axis].length
          index[axis] = 0
          axis -= 1
        }
      }
    }
  }
}
