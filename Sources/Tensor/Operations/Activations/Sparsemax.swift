extension Tensor where Scalar: FloatingScalar {
  /// The probabilities nearest to the elements along one axis, many of them 0: max(xᵢ - τ, 0), with τ such that they add up
  /// to 1 (Martins and Astudillo 2016).
  ///
  /// Shapes: any; the result has the same. Cost: a sort of each line.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sparsemax(axis: Int = -1) -> Tensor {
    let axis = shape.resolve(axis: axis, in: "sparsemax")
    let others = shape.indices.filter { $0 != axis }
    let rows = permuted(others + [axis])
    let length = shape[axis]
    let result = rows.withUnsafeScalars { source in
      Tensor(unsafeUninitialized: rows.shape) { output in
        guard let source = source.baseAddress, let target = output.baseAddress, output.count > 0 else { return }
        parallelFor(count: output.count / length, grain: Swift.max(2_048 / length, 1)) { range in
          for row in range {
            let line = UnsafeBufferPointer(start: source + row * length, count: length)
            let threshold = sparsemaxThreshold(line)
            for index in 0..<length {
              let above = line[index] - threshold
              target[row * length + index] = above < 0 ? 0 : above
            }
          }
        }
      }
    }
    return result.permuted(shape.indices.map { $0 < axis ? $0 : $0 == axis ? rank - 1 : $0 - 1 })
  }
}

/// τ: (Σ of the k largest - 1) / k, for the largest k whose k-th element is above it; NaN where an element is NaN.
private func sparsemaxThreshold<Scalar: FloatingScalar>(_ line: UnsafeBufferPointer<Scalar>) -> Scalar {
  var (sum, threshold) = (Scalar(0), Scalar(0))
  for (index, element) in line.sorted(by: >).enumerated() {
    sum += element
    let next = (sum - 1) / Scalar(index + 1)
    if element <= next { break }
    threshold = next
  }
  return line.contains(where: \.isNaN) ? .nan : threshold
}
