extension Tensor {
  /// A copy with its own storage, in row-major order.
  func copied() -> Tensor {
    Tensor(unsafeUninitialized: shape) { output in
      guard let target = output.baseAddress else { return }
      copyElements(from: storage.pointer, layout, to: target, Layout(rowMajor: shape))
    }
  }

  /// Writes the elements of `source`, which has the same shape, to the elements that `target` describes.
  static func copy(_ source: Tensor, to target: Layout, of pointer: UnsafeMutablePointer<Scalar>) {
    copyElements(from: source.storage.pointer, source.layout, to: pointer, target)
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
@specialized(where Scalar == Int32)
@specialized(where Scalar == UInt8)
@specialized(where Scalar == Bool)
private func copyElements<Scalar: TensorScalar>(
  from source: UnsafePointer<Scalar>, _ sourceLayout: Layout,
  to target: UnsafeMutablePointer<Scalar>, _ targetLayout: Layout
) {
  guard sourceLayout.shape.elementCount > 0 else { return }
  // Elements may be copied in any order. In the order of the target, rows are written without gaps.
  let order = targetLayout.axesByFallingStride
  let rows = StridedRows(sourceLayout.permuted(order), targetLayout.permuted(order))
  if let bands = StridedBands(rows) {
    bands.forEachBand { height, from, to in transpose(source + from, to: target + to, height: height, bands) }
    return
  }
  let (length, step, targetStep) = rows.inner
  rows.forEachRow { _, from, to in
    let (source, target) = (source + from, target + to)
    if step == 1 && targetStep == 1 {
      target.update(from: source, count: length)
    } else {
      for index in 0..<length { target[index * targetStep] = source[index * step] }
    }
  }
}

/// Copies a band, 16 columns at a time. Along whole rows, every element would come from a different cache line, and
/// that line would no longer be in the cache when the next row needs its neighbour.
@inline(__always)
private func transpose<Scalar: TensorScalar>(
  _ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>, height: Int, _ bands: StridedBands
) {
  for column in stride(from: 0, to: bands.length, by: 16) {
    let width = min(16, bands.length - column)
    for row in 0..<height {
      var from = source + row + column * bands.columnStride
      let to = target + row * bands.rowStride + column
      for index in 0..<width {
        to[index] = from.pointee
        from += bands.columnStride
      }
    }
  }
}
