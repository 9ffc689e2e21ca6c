/// How the rows of a batch of sequences are divided among threads. A row needs no other one, so each thread walks over all times
/// with rows of its own.
struct RecurrentRows {
  /// Fewer rows would read the weights too often.
  private static let fewest = 16

  let count: Int
  private let chunks: Int

  init(count: Int) {
    self.count = count
    chunks = Swift.min((count + Self.fewest - 1) / Self.fewest, 16)
  }

  /// Calls `body` with parts of the rows, several at a time.
  func forEachPart(_ body: (Range<Int>) -> Void) {
    parallelFor(chunks: chunks) { chunk in
      body(chunk * count / chunks..<(chunk + 1) * count / chunks)
    }
  }
}

/// Which rows of a sequence count at each time.
struct RecurrentMask {
  private let mask: Tensor<Bool>?

  /// - Parameter mask: `[N, T]`; `nil` if all count.
  init(_ mask: Tensor<Bool>?) { self.mask = mask?.contiguous() }

  /// The distance between the marks of two rows.
  var stride: Int { mask?.shape[1] ?? 0 }

  /// The mark of a row at a time; `nil` without a mask. Valid as long as the mask is alive.
  func mark(row: Int, time: Int) -> UnsafePointer<UInt8>? {
    mask.map { UnsafeRawPointer($0.elements + row * stride + time).assumingMemoryBound(to: UInt8.self) }
  }
}

extension Tensor where Scalar == Float {
  /// The states before each step of a sequence, in the order of the times, from those after each step, `[N, T, U]`.
  ///
  /// - Parameter first: the state before the first step, `[N, U]`.
  func statesBefore(first: Tensor, goesBackwards: Bool) -> Tensor {
    let before = Tensor(
      concatenating: [first.expandingShape(at: 1), slice(0..<Swift.max(shape[1] - 1, 0), axis: 1)], axis: 1)
    return goesBackwards ? before.reversed(axis: 1) : before
  }
}

extension Tensor where Scalar == Float {
  /// The sum of the products of what two tensors hold at each time of each sequence, `[N, T, A]` and `[N, T, B]`: `[A, B]`.
  func productOfTimes(with other: Tensor) -> Tensor {
    let rows = shape[0] * shape[1]
    return reshaped(to: [rows, shape[2]]).transposed().matmul(other.reshaped(to: [rows, other.shape[2]]))
  }
}

/// Adds rows that are `stride` apart to rows without gaps.
func addRows(
  _ source: UnsafePointer<Float>, stride: Int, to target: UnsafeMutablePointer<Float>, rows: Int, columns: Int
) {
  for row in 0..<rows {
    let (from, to) = (source + row * stride, target + row * columns)
    for column in 0..<columns { to[column] += from[column] }
  }
}
