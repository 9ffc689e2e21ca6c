// The two loops of all element-wise operations. They are inlined into each operation, which is compiled once for each
// element type (`@specialized`), so that the closure costs nothing. All else is called, not inlined: it would be compiled
// hundreds of times.

extension Tensor {
  /// A tensor of the same shape with `transform` applied to every element. It keeps the layout of this tensor, such as
  /// channels innermost, unless that has gaps.
  @inline(__always)
  func mapped<Result>(_ transform: (Scalar) -> Result) -> Tensor<Result> {
    let source = dense()
    let result = Tensor<Result>(unsafeUninitialized: source.layout)
    let (elements, target) = (source.elements, result.elements)
    parallelFor(count: count, grain: 32_768) { range in
      for index in range { target[index] = transform(elements[index]) }
    }
    extendLifetime((source, result))
    return result
  }

  /// `combine` applied to the elements of two tensors that broadcast to one shape.
  @inline(__always)
  static func combined<Result>(
    _ a: Tensor, _ b: Tensor, _ operation: StaticString, _ combine: (Scalar, Scalar) -> Result
  ) -> Tensor<Result> {
    let (a, b) = broadcast(a, b, in: operation)
    let isInStep = a.layout.strides == b.layout.strides && a.layout.isDense
    let result = Tensor<Result>(unsafeUninitialized: isInStep ? a.layout : Layout(rowMajor: a.shape))
    let target = result.elements
    if isInStep {
      let (x, y) = (a.elements, b.elements)
      parallelFor(count: a.count, grain: 32_768) { range in
        for index in range { target[index] = combine(x[index], y[index]) }
      }
    } else if a.count > 0 {
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
    extendLifetime((a, b, result))
    return result
  }

  /// This tensor, or a copy of it in row-major order where its layout has gaps.
  @inline(never)
  func dense() -> Tensor {
    layout.isDense ? self : copied()
  }

  /// Views of both tensors in the shape that they broadcast to. Stops if there is none.
  @inline(never)
  private static func broadcast(_ a: Tensor, _ b: Tensor, in operation: StaticString) -> (Tensor, Tensor) {
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      stop("\(operation): shapes do not broadcast: \(a.shape) and \(b.shape)")
    }
    return (a.broadcast(to: shape), b.broadcast(to: shape))
  }
}
