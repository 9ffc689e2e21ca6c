extension Tensor {
  /// The given indices of the first axis, in the given order, as a new tensor: some rows of a batch.
  ///
  /// Shapes: `[N, …]` gives `[indices.count, …]`. An index out of range stops the program.
  public func gathering(_ indices: [Int]) -> Tensor {
    require(rank >= 1, "gathering: a scalar has no rows")
    for index in indices { checkBounds(index..<index + 1, axis: 0) }
    let source = contiguous()
    let rowCount = shape.dropFirst().reduce(1, &*)
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
  /// Adds each row of this tensor to zeros, at the given indices of the first axis: the gradient of ``gathering(_:)``.
  ///
  /// Shapes: `[indices.count, …]` gives `[count, …]`. An index out of range stops the program.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scatteringAdd(to indices: [Int], count: Int) -> Tensor {
    require(
      rank >= 1 && indices.count == shape[0],
      "scatteringAdd: \(counted(indices.count, "index", plural: "indices")) for shape \(shape)")
    require(count >= 0, "scatteringAdd: the count is \(count), at least 0 is needed")
    var result = Tensor(zeros: shape.replacing(axis: 0, with: count))
    for index in indices { result.checkBounds(index..<index + 1, axis: 0) }
    let rowCount = shape.dropFirst().reduce(1, &*)
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
