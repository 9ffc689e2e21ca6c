// Sums, means and variances over any axes. A long row is summed in fixed blocks, then the sums of the blocks are added.

extension Tensor where Scalar: FloatingScalar {
  /// The sum over the given axes, or over all of them; 0 where there are no elements.
  ///
  /// - Parameters:
  ///   - axes: which axes to sum over; negative ones count from the end. All when left out.
  ///   - keepingAxes: whether the summed axes stay, with length 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let summed = Set(axes?.map { shape.resolve(axis: $0, in: "sum") } ?? Array(0..<rank))
    if let sums = Scalar.fastKernels.sums(self, summed) {
      return keepingAxes ? sums : summed.sorted(by: >).reduce(sums) { $0.squeezingShape(at: $1) }
    }
    return reduced(axes, keepingAxes, "sum") { rowSum($0, $1) }
  }

  /// The mean over the given axes, or over all of them; NaN where there are no elements.
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let total = sum(axes, keepingAxes: keepingAxes)
    if count == 0 { return Tensor(repeating: .nan, shape: total.shape) }
    return total * (Scalar(total.count) / Scalar(count))
  }

  /// The biased variance E[(x - E[x])²] over the given axes, or over all of them; NaN where there are no elements.
  public func variance(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    (self - mean(axes, keepingAxes: true)).squared().mean(axes, keepingAxes: keepingAxes)
  }

  /// The sum over the axes that broadcasting `shape` to this tensor's shape would add or repeat, so that the result has
  /// the shape `shape`: the adjoint of broadcasting.
  public func summed(to shape: Shape) -> Tensor {
    if self.shape == shape { return self }
    require(
      Shape.broadcast(shape, self.shape) == self.shape, "summed: \(shape) does not broadcast to \(self.shape)")
    let added = rank - shape.rank
    let axes = (0..<rank).filter { $0 < added || (shape[$0 - added] == 1 && self.shape[$0] != 1) }
    return sum(axes, keepingAxes: true).reshaped(to: shape)
  }

  /// The sum over the first axis, in the order of its indices. Used to add the results of chunks.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func summingFirstAxis() -> Tensor {
    let (parts, size) = (shape[0], shape.dropFirst().reduce(1, &*))
    if parts == 0 { return Tensor(zeros: Shape(shape.dropFirst())) }
    return withUnsafeScalars { source in
      Tensor(unsafeUninitialized: Shape(shape.dropFirst())) { output in
        guard let source = source.baseAddress, let target = output.baseAddress else { return }
        parallelFor(count: size, grain: 16_384) { range in
          (target + range.lowerBound).update(from: source + range.lowerBound, count: range.count)
          for part in 1..<parts {
            let source = source + part * size
            for index in range { target[index] += source[index] }
          }
        }
      }
    }
  }
}
