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

  /// The number of rows.
  var count: Int { outer.reduce(1) { $0 * $1.length } }

  /// The fewest rows that are worth a chunk of their own.
  var grain: Int { max(16_384 / max(inner.length, 1), 1) }

  /// The way from row to row.
  struct Walk {
    /// The positions of the first elements of a row.
    private(set) var a, b: Int
    private var index: [Int]
    private let axes: [(length: Int, a: Int, b: Int)]

    fileprivate init(_ rows: StridedRows, from row: Int) {
      axes = rows.outer
      index = [Int](repeating: 0, count: axes.count)
      (a, b) = rows.offsets
      var rest = row
      for axis in axes.indices.reversed() {
        index[axis] = rest % axes[axis].length
        rest /= axes[axis].length
        a += index[axis] * axes[axis].a
        b += index[axis] * axes[axis].b
      }
    }

    /// Goes on to the next row.
    @inline(never)
    mutating func advance() {
      var axis = axes.count - 1
      while axis >= 0 {
        index[axis] += 1
        a += axes[axis].a
        b += axes[axis].b
        if index[axis] < axes[axis].length { break }
        a -= axes[axis].a * axes[axis].length
        b -= axes[axis].b * axes[axis].length
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// The way through the rows from one of them on.
  @inline(never)
  func walk(from row: Int) -> Walk { Walk(self, from: row) }

  /// Calls `body` for every row, with its number and the positions of its first elements. Chunks of rows run in
  /// parallel.
  func forEachRow(_ body: (_ row: Int, _ a: Int, _ b: Int) -> Void) {
    parallelFor(count: count, grain: grain) { range in
      var walk = walk(from: range.lowerBound)
      for row in range {
        body(row, walk.a, walk.b)
        walk.advance()
      }
    }
  }
}
