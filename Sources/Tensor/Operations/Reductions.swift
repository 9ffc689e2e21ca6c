// Largest and smallest elements and their indices, over any axes. The reduced axes are moved to the end, and each row
// is reduced on its own.

extension Tensor where Scalar: NumericScalar {
  /// The largest element over the given axes, or over all of them; NaN where any element is NaN. Stops
  /// where there is no element to choose from.
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

  /// The smallest element over the given axes, or over all of them; NaN where any element is NaN. Stops
  /// where there is no element to choose from.
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

  /// The index of the largest element along one axis: the first one if several are equal, the first NaN if there is
  /// one. Stops if the axis has length 0.
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
}

extension Tensor {
  /// Reduces all elements along the given axes with `reduce`, which gets a pointer and a count.
  @inline(__always)
  func reduced<Result: TensorScalar>(
    _ axes: [Int]?, _ keepingAxes: Bool, _ operation: String, needsElements: Bool = false,
    _ reduce: (UnsafePointer<Scalar>, Int) -> Result
  ) -> Tensor<Result> {
    let reducedAxes = Set(axes?.map { shape.resolve(axis: $0, in: operation) } ?? Array(0..<rank))
    let kept = (0..<rank).filter { !reducedAxes.contains($0) }
    let rows = permuted(kept + reducedAxes.sorted()).contiguous()
    let length = reducedAxes.reduce(1) { $0 &* shape[$1] }
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
