extension Tensor {
  /// The chosen indices of the first axis, in the given order, as a new tensor: the rows of a batch.
  public func gathering(_ indices: [Int]) -> Tensor {
    require(rank >= 1, "gathering: a scalar has no rows")
    for index in indices { checkBounds(index..<index + 1, axis: 0) }
    let source = contiguous()
    let rowCount = shape.dropFirst().reduce(1, *)
    return Tensor(unsafeUninitialized: shape.replacing(axis: 0, with: indices.count)) { output in
      guard let target = output.baseAddress else { return }
      let origin = source.storage.pointer + source.layout.offset
      for (row, index) in indices.enumerated() {
        (target + row * rowCount).update(from: origin + index * rowCount, count: rowCount)
      }
    }
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Zeros with the rows of this tensor added at the given indices of the first axis: the adjoint of
  /// ``gathering(_:)``.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scatteringAdd(to indices: [Int], count: Int) -> Tensor {
    require(
      rank >= 1 && indices.count == shape[0], "scatteringAdd: \(indices.count) indices for shape \(shape)")
    var result = Tensor(zeros: shape.replacing(axis: 0, with: count))
    for index in indices { result.checkBounds(index..<index + 1, axis: 0) }
    let rowCount = shape.dropFirst().reduce(1, *)
    withUnsafeScalars { source in
      result.withUnsafeMutableScalars { target in
        for (row, index) in indices.enumerated() {
          for place in 0..<rowCount { target[index * rowCount + place] += source[row * rowCount + place] }
        }
      }
    }
    return result
  }
}
