// Softmax and its logarithm along one axis. If the axis is innermost in memory, it is computed row by row: for classes
// `[N, C]` and for images with channels innermost. Otherwise, as for the channels of `[N, C, H, W]` in row-major order,
// it is computed for several neighbouring positions at a time, so that memory is read in its order.

extension Tensor where Scalar: FloatingScalar {
  /// e^xᵢ / Σⱼ e^xⱼ along one axis, with the maximum subtracted first so that large numbers do not overflow.
  ///
  /// Shapes: any; the result has the same. The classes of images `[N, C, H, W]` lie along axis 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func softmax(axis: Int = -1) -> Tensor {
    mappingLines(axis: axis, "softmax") { lines in
      if Scalar.fastKernels.softmax(lines, false) { return }
      lines.shiftExponentials()
      lines.replaceEach { target, _, _, total in target / total }
    }
  }

  /// xᵢ - log Σⱼ e^xⱼ along one axis: the logarithm of ``softmax(axis:)``, but exact where the softmax rounds to 0.
  ///
  /// Shapes: any; the result has the same. The classes of images `[N, C, H, W]` lie along axis 1.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func logSoftmax(axis: Int = -1) -> Tensor {
    mappingLines(axis: axis, "logSoftmax") { lines in
      if Scalar.fastKernels.softmax(lines, true) { return }
      lines.shiftExponentials()
      for column in 0..<lines.width { lines.totals[column] = Scalar.log(lines.totals[column]) }
      lines.replaceEach { _, source, maximum, logTotal in source - maximum - logTotal }
    }
  }

  /// Applies `transform` to all lines along `axis`, to several neighbouring lines at a time.
  @inline(__always)
  private func mappingLines(axis: Int, _ operation: String, _ transform: (SoftmaxLines<Scalar>) -> Void) -> Tensor {
    let axis = shape.resolve(axis: axis, in: operation)
    let rows = permuted(shape.indices.filter { $0 != axis } + [axis])
    let isInnermost = axis < rank - 1 && rows.isContiguous
    let (length, step) = (shape[axis], isInnermost ? 1 : shape[(axis + 1)...].reduce(1, &*))
    let width = Swift.min(step, SoftmaxLines<Scalar>.mostColumns)
    let lines = isInnermost ? rows : self
    let result = lines.withUnsafeScalars { source in
      Tensor(unsafeUninitialized: lines.shape) { output in
        guard let source = source.baseAddress, let target = output.baseAddress, output.count > 0 else { return }
        let blocks = (step + width - 1) / width
        let count = output.count / (length * step) * blocks
        parallelFor(count: count, grain: Swift.max(4_096 / (length * width), 1)) { range in
          withUnsafeTemporaryAllocation(of: Scalar.self, capacity: 2 * width) { buffer in
            guard let maxima = buffer.baseAddress else { return }
            for block in range {
              let first = block % blocks * width
              let start = block / blocks * length * step + first
              transform(
                SoftmaxLines(
                  source: source + start, target: target + start, maxima: maxima, totals: maxima + width,
                  length: length, step: step, width: Swift.min(width, step - first)))
            }
          }
        }
      }
    }
    guard isInnermost else { return result }
    return result.permuted(shape.indices.map { $0 < axis ? $0 : $0 == axis ? rank - 1 : $0 - 1 })
  }
}

/// Several neighbouring lines: element i of line j is at `i * step + j`.
struct SoftmaxLines<Scalar: FloatingScalar> {
  /// The number of lines that are processed together: their maxima and sums fit into the L1 cache.
  fileprivate static var mostColumns: Int { 128 }

  let source: UnsafePointer<Scalar>
  let target: UnsafeMutablePointer<Scalar>
  /// The largest element of each line, and the sum of its exponentials.
  let maxima, totals: UnsafeMutablePointer<Scalar>
  let length, step, width: Int

  /// Finds the maxima, writes e^(xᵢ - max x) and finds their sums.
  @inline(__always)
  func shiftExponentials() {
    maxima.update(repeating: .lowest, count: width)
    totals.update(repeating: 0, count: width)
    for row in 0..<length {
      let source = source + row * step
      for column in 0..<width where source[column] > maxima[column] { maxima[column] = source[column] }
    }
    replaceEach { _, source, maximum, _ in Scalar.exp(source - maximum) }
    for row in 0..<length {
      let target = target + row * step
      for column in 0..<width { totals[column] += target[column] }
    }
  }

  /// Replaces every element of the target.
  @inline(__always)
  func replaceEach(_ value: (_ target: Scalar, _ source: Scalar, _ maximum: Scalar, _ total: Scalar) -> Scalar) {
    for row in 0..<length {
      let (source, target) = (source + row * step, target + row * step)
      for column in 0..<width {
        target[column] = value(target[column], source[column], maxima[column], totals[column])
      }
    }
  }
}
