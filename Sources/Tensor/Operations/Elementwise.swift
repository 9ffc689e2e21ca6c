// The two loops of all element-wise operations. They are inlined into each operation, which is compiled once for each
// element type (`@specialized`), so that the closure costs nothing.

extension Tensor {
  /// A tensor of the same shape with `transform` applied to every element. It keeps the layout of this tensor, such as
  /// channels innermost, unless that has gaps.
  @inline(__always)
  func mapped<Result>(_ transform: (Scalar) -> Result) -> Tensor<Result> {
    let source = layout.isDense ? self : copied()
    defer { extendLifetime(source) }
    let elements = source.elements
    return Tensor<Result>(unsafeUninitialized: source.layout) { target in
      parallelFor(count: count, grain: 32_768) { range in
        for index in range { target[index] = transform(elements[index]) }
      }
    }
  }

  /// `combine` applied to the elements of two tensors that broadcast to one shape.
  @inline(__always)
  static func combined<Result>(
    _ a: Tensor, _ b: Tensor, _ operation: StaticString, _ combine: (Scalar, Scalar) -> Result
  ) -> Tensor<Result> {
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      stop("\(operation): shapes do not broadcast: \(a.shape) and \(b.shape)")
    }
    let (a, b) = (a.broadcast(to: shape), b.broadcast(to: shape))
    defer { extendLifetime((a, b)) }
    if a.layout.strides == b.layout.strides && a.layout.isDense {
      let (x, y) = (a.elements, b.elements)
      return Tensor<Result>(unsafeUninitialized: a.layout) { target in
        parallelFor(count: shape.elementCount, grain: 32_768) { range in
          for index in range { target[index] = combine(x[index], y[index]) }
        }
      }
    }
    return Tensor<Result>(unsafeUninitialized: shape) { output in
      guard let target = output.baseAddress, output.count > 0 else { return }
      let (x, y) = (a.storage.pointer, b.storage.pointer)
      let rows = StridedRows(a.layout, b.layout)
      let (length, xStep, yStep) = rows.inner
      rows.forEachRow { row, xStart, yStart in
        let (x, y, target) = (x + xStart, y + yStart, target + row * length)
        if xStep == 1 && yStep == 0 {
          let second = y[0]
          for index in 0..<length { target[index] = combine(x[index], second) }
        } else if xStep == 1 && yStep == 1 {
          for index in 0..<length { target[index] = combine(x[index], y[index]) }
        } else {
          for index in 0..<length { target[index] = combine(x[index * xStep], y[index * yStep]) }
        }
      }
    }
  }
}
