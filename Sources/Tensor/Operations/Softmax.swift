extension Tensor where Scalar: FloatingScalar {
  /// e^xᵢ / Σⱼ e^xⱼ along one axis, with the maximum subtracted first so that large numbers do not overflow.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func softmax(axis: Int = -1) -> Tensor {
    mappingRows(axis: axis, "softmax") { source, target, count in
      let total = Tensor.shiftedExponentials(source, target, count)
      for index in 0..<count { target[index] /= total }
    }
  }

  /// xᵢ - log Σⱼ e^xⱼ along one axis: the logarithm of ``softmax(axis:)`` without its rounding to 0.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func logSoftmax(axis: Int = -1) -> Tensor {
    mappingRows(axis: axis, "logSoftmax") { source, target, count in
      let logTotal = Scalar.log(Tensor.shiftedExponentials(source, target, count))
      let maximum = Tensor.maximum(source, count)
      for index in 0..<count { target[index] = source[index] - maximum - logTotal }
    }
  }

  @inline(__always)
  private static func maximum(_ source: UnsafePointer<Scalar>, _ count: Int) -> Scalar {
    var maximum = Scalar.lowest
    for index in 0..<count where source[index] > maximum { maximum = source[index] }
    return maximum
  }

  /// Writes e^(xᵢ - max x) and returns their sum.
  @inline(__always)
  private static func shiftedExponentials(
    _ source: UnsafePointer<Scalar>, _ target: UnsafeMutablePointer<Scalar>, _ count: Int
  ) -> Scalar {
    let maximum = maximum(source, count)
    var total = Scalar.zero
    for index in 0..<count {
      target[index] = Scalar.exp(source[index] - maximum)
      total += target[index]
    }
    return total
  }

  /// Applies `transform` to every row along `axis`.
  @inline(__always)
  private func mappingRows(
    axis: Int, _ operation: String, _ transform: (UnsafePointer<Scalar>, UnsafeMutablePointer<Scalar>, Int) -> Void
  ) -> Tensor {
    let axis = shape.resolve(axis: axis, in: operation)
    var order = Array(0..<rank)
    order.swapAt(axis, rank - 1)
    let rows = permuted(order)
    let length = shape[axis]
    let result = rows.withUnsafeScalars { source in
      Tensor(unsafeUninitialized: rows.shape) { output in
        guard let source = source.baseAddress, let target = output.baseAddress, length > 0 else { return }
        parallelFor(count: output.count / length, grain: Swift.max(4_096 / length, 1)) { range in
          for row in range { transform(source + row * length, target + row * length, length) }
        }
      }
    }
    return result.permuted(order)
  }
}
