extension Tensor {
  /// A copy with storage of its own, row-major.
  func copied() -> Tensor {
    Tensor(unsafeUninitialized: shape) { output in
      guard let target = output.baseAddress else { return }
      copyElements(from: storage.pointer, layout, to: target, Layout(rowMajor: shape))
    }
  }

  /// Writes the elements of `source`, which has the same shape, into the place that `target` describes.
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
  let rows = StridedRows(sourceLayout, targetLayout)
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
