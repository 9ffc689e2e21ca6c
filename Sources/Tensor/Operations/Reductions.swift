// Sums, means, extremes and their places over any axes. The reduced axes are brought to the end and each row of
// what remains is reduced by itself; a large reduction to a scalar is done in fixed blocks, then over the blocks.

extension Tensor where Scalar: NumericScalar {
  /// The sum over the given axes, or over all of them.
  ///
  /// - Parameters:
  ///   - axes: which axes to sum over; negative ones count from the end. All when left out.
  ///   - keepingAxes: whether the summed axes stay, with length 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(axes, keepingAxes, "sum") { rowSum($0, $1) }
  }

  /// The largest element over the given axes, or over all of them; NaN where any element is NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public func max(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(axes, keepingAxes, "max", needsElements: true) { pointer, count in
      var result = pointer[0]
      for index in 1..<Swift.max(count, 1) where pointer[index] > result || pointer[index] != pointer[index] {
        result = pointer[index]
        if result != result { break }
      }
      return result
    }
  }

  /// The smallest element over the given axes, or over all of them; NaN where any element is NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public func min(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    reduced(axes, keepingAxes, "min", needsElements: true) { pointer, count in
      var result = pointer[0]
      for index in 1..<Swift.max(count, 1) where pointer[index] < result || pointer[index] != pointer[index] {
        result = pointer[index]
        if result != result { break }
      }
      return result
    }
  }

  /// The index of the largest element along one axis, the first on ties; that of the first NaN if there is one.
  ///
  /// Shapes: `[N, C]` gives `[N]` at axis 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public func argmax(axis: Int = -1) -> Tensor<Int32> {
    reduced([axis], false, "argmax", needsElements: true) { pointer, count in
      var best = 0
      for index in 0..<count where pointer[index] > pointer[best] || pointer[index] != pointer[index] {
        best = index
        if pointer[best] != pointer[best] { break }
      }
      return Int32(best)
    }
  }

  /// The sum over axes so that `shape`, which broadcasts to this tensor's shape, is left:
  /// the adjoint of broadcasting.
  public func summed(to shape: Shape) -> Tensor {
    if self.shape == shape { return self }
    let added = rank - shape.rank
    let axes = (0..<rank).filter { $0 < added || (shape[$0 - added] == 1 && self.shape[$0] != 1) }
    return sum(axes, keepingAxes: true).reshaped(to: shape)
  }

  /// The sum over the first axis, in the order of its indices: parts of a result that chunks have computed.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func summingFirstAxis() -> Tensor {
    let (parts, size) = (shape[0], shape.dropFirst().reduce(1, *))
    return withUnsafeScalars { source in
      Tensor(unsafeUninitialized: Shape(shape.dropFirst())) { output in
        guard let source = source.baseAddress, let target = output.baseAddress else { return }
        parallelFor(count: size, grain: 16_384) { range in
          (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
          for part in 1..<Swift.max(parts, 1) {
            let source = source + part * size
            for index in range { target[index] += source[index] }
          }
        }
      }
    }
  }

  /// Reduces every row that the given axes span with `reduce`, which gets a pointer and a count.
  @inline(__always)
  private func reduced<Result: TensorScalar>(
    _ axes: [Int]?, _ keepingAxes: Bool, _ operation: String, needsElements: Bool = false,
    _ reduce: (UnsafePointer<Scalar>, Int) -> Result
  ) -> Tensor<Result> {
    let reducedAxes = Set(axes?.map { shape.resolve(axis: $0, in: operation) } ?? Array(0..<rank))
    let kept = (0..<rank).filter { !reducedAxes.contains($0) }
    let rows = permuted(kept + reducedAxes.sorted()).contiguous()
    let length = reducedAxes.reduce(1) { $0 * shape[$1] }
    let result = keepingAxes ? shape.indices.map { reducedAxes.contains($0) ? 1 : shape[$0] } : kept.map { shape[$0] }
    require(
      !needsElements || length > 0 || result.contains(0),
      "\(operation): no elements along \(reducedAxes.sorted()) of \(shape)")
    return rows.withUnsafeScalars { source in
      Tensor<Result>(unsafeUninitialized: Shape(result)) { output in
        guard let target = output.baseAddress, let source = source.baseAddress else { return }
        parallelFor(count: output.count, grain: Swift.max(16_384 / Swift.max(length, 1), 1)) { range in
          for row in range { target[row] = reduce(source + row * length, length) }
        }
      }
    }
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// The mean over the given axes, or over all of them.
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let total = sum(axes, keepingAxes: keepingAxes)
    return total * (Scalar(Swift.max(total.count, 1)) / Scalar(Swift.max(count, 1)))
  }

  /// The biased variance E[(x - E[x])²] over the given axes, or over all of them.
  public func variance(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    (self - mean(axes, keepingAxes: true)).squared().mean(axes, keepingAxes: keepingAxes)
  }
}

/// The sum of `count` numbers, pairwise above blocks of 1,024, so that its error grows with log n and not with n.
@inline(__always)
func rowSum<Scalar: NumericScalar>(_ pointer: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
  var partial = (Scalar.zero, Scalar.zero, Scalar.zero, Scalar.zero)
  var blocks = PairwiseSum<Scalar>()
  var index = 0
  while index < count {
    let end = Swift.min(index + 1_024, count)
    partial = (.zero, .zero, .zero, .zero)
    while index + 4 <= end {
      partial.0 += pointer[index]
      partial.1 += pointer[index + 1]
      partial.2 += pointer[index + 2]
      partial.3 += pointer[index + 3]
      index += 4
    }
    while index < end {
      partial.0 += pointer[index]
      index += 1
    }
    blocks.add((partial.0 + partial.2) + (partial.1 + partial.3))
  }
  return blocks.total
}

/// Adds numbers in pairs, pairs of pairs and so on, as they come (Higham 1993).
struct PairwiseSum<Scalar: NumericScalar> {
  private var levels: [Scalar] = []
  private var added = 0

  init() {}

  mutating func add(_ value: Scalar) {
    var value = value
    var rest = added
    while rest & 1 == 1, let last = levels.popLast() {
      value += last
      rest >>= 1
    }
    levels.append(value)
    added += 1
  }

  var total: Scalar { levels.reversed().reduce(.zero, +) }
}
