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

  /// `combine` applied to the elements of two tensors that broadcast to one shape. The result has the order in memory of
  /// the operand that is not repeated; where both are not, that with the channels innermost, or the first one.
  @inline(__always)
  static func combined<Result>(
    _ a: Tensor, _ b: Tensor, _ operation: StaticString, _ combine: (Scalar, Scalar) -> Result
  ) -> Tensor<Result> {
    let (a, b, layout) = aligned(a, b, in: operation)
    let result = Tensor<Result>(unsafeUninitialized: layout)
    let target = result.elements
    if a.layout.isInStep(with: layout) && b.layout.isInStep(with: layout) {
      let (x, y) = (a.elements, b.elements)
      parallelFor(count: a.count, grain: 32_768) { range in
        for index in range { target[index] = combine(x[index], y[index]) }
      }
    } else if a.count > 0 {
      let (x, y) = (a.storage.pointer, b.storage.pointer)
      let order = layout.axesByFallingStride
      let rows = StridedRows(a.layout.permuted(order), b.layout.permuted(order))
      let (length, xStep, yStep) = rows.inner
      // The loop over rows stands here and not in a closure of its own, into which `combine` would not be inlined.
      parallelFor(count: rows.count, grain: rows.grain) { range in
        var walk = rows.walk(from: range.lowerBound)
        for row in range {
          let (x, y, target) = (x + walk.a, y + walk.b, target + row * length)
          if xStep == 1 && yStep == 0 {
            let second = y[0]
            for index in 0..<length { target[index] = combine(x[index], second) }
          } else if xStep == 1 && yStep == 1 {
            for index in 0..<length { target[index] = combine(x[index], y[index]) }
          } else {
            for index in 0..<length { target[index] = combine(x[index * xStep], y[index * yStep]) }
          }
          walk.advance()
        }
      }
    }
    extendLifetime((a, b, result))
    return result
  }

  /// This tensor, or a copy of it without gaps where its layout has some: in the same order in memory, or in row-major
  /// order where it repeats elements.
  @inline(never)
  func dense() -> Tensor {
    if layout.isDense { return self }
    return layout.sharesElements ? copied() : laidOut(as: layout.packed)
  }

  /// Both tensors in the shape that they broadcast to, and the layout of the result. An operand in another order is copied,
  /// so that the loops run along the memory of both. Stops if there is no such shape.
  @inline(never)
  private static func aligned(
    _ a: Tensor, _ b: Tensor, in operation: StaticString
  ) -> (a: Tensor, b: Tensor, result: Layout) {
    guard let shape = Shape.broadcast(a.shape, b.shape) else {
      stop("\(operation): shapes do not broadcast: \(a.shape) and \(b.shape)")
    }
    let (a, b) = (a.broadcast(to: shape), b.broadcast(to: shape))
    switch (a.layout.sharesElements, b.layout.sharesElements) {
    case (true, true): return (a, b, Layout(rowMajor: shape))
    case (false, true): return (a, b, a.layout.packed)
    case (true, false): return (a, b, b.layout.packed)
    case (false, false):
      let followsSecond = b.layout.hasChannelsInnermost && !a.layout.hasChannelsInnermost
      let layout = (followsSecond ? b : a).layout.packed
      return (a.inOrder(of: layout), b.inOrder(of: layout), layout)
    }
  }

  /// The tensor itself where its axes have the order in memory of a dense layout, otherwise a copy in it.
  private func inOrder(of target: Layout) -> Tensor {
    layout.packed.isInStep(with: target) ? self : laidOut(as: target)
  }
}
