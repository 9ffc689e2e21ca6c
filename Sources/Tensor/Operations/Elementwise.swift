// The two loops of all element-wise operations. An operation gets a run of elements and says what is done to each:
//
//     x.mapped { $0.each { $0 * $0 } }
//
// The loop stands in `each`, which is inlined into the closure of the operation. A closure for a single element would be called
// for each of them, because the loop runs on several threads and so in a closure of its own: that takes ten times as long.

/// Neighbouring elements of a tensor, and where the results go.
struct ElementRun<Scalar, Result> {
  fileprivate let source: UnsafePointer<Scalar>
  fileprivate let target: UnsafeMutablePointer<Result>
  fileprivate let count: Int

  /// Applies a function to every element.
  @inline(__always)
  func each(_ transform: (Scalar) -> Result) {
    for index in 0..<count { target[index] = transform(source[index]) }
  }
}

/// Elements of two tensors, each at a fixed distance from the next, and where the results go.
struct ElementPairRun<Scalar, Result> {
  fileprivate let a, b: UnsafePointer<Scalar>
  fileprivate let aStep, bStep: Int
  fileprivate let target: UnsafeMutablePointer<Result>
  fileprivate let count: Int

  /// Applies a function to every pair.
  @inline(__always)
  func each(_ combine: (Scalar, Scalar) -> Result) {
    if aStep == 1 && bStep == 1 {
      for index in 0..<count { target[index] = combine(a[index], b[index]) }
    } else if aStep == 1 && bStep == 0 {
      let second = b[0]
      for index in 0..<count { target[index] = combine(a[index], second) }
    } else {
      for index in 0..<count { target[index] = combine(a[index * aStep], b[index * bStep]) }
    }
  }
}

extension Tensor {
  /// A tensor of the same shape, with the results of runs of elements. It keeps the layout of this tensor, such as channels
  /// innermost, unless that has gaps.
  func mapped<Result>(_ compute: (ElementRun<Scalar, Result>) -> Void) -> Tensor<Result> {
    let source = dense()
    let result = Tensor<Result>(unsafeUninitialized: source.layout)
    let (elements, target) = (source.elements, result.elements)
    parallelFor(count: count, grain: 32_768) { range in
      compute(
        ElementRun(source: elements + range.lowerBound, target: target + range.lowerBound, count: range.count))
    }
    extendLifetime((source, result))
    return result
  }

  /// The results of runs of pairs of elements of two tensors that broadcast to one shape. The result has the order in memory of
  /// the operand that is not repeated; where both are not, that with the channels innermost, or the first one.
  static func combined<Result>(
    _ a: Tensor, _ b: Tensor, _ operation: StaticString, _ compute: (ElementPairRun<Scalar, Result>) -> Void
  ) -> Tensor<Result> {
    let (a, b, layout) = aligned(a, b, in: operation)
    let result = Tensor<Result>(unsafeUninitialized: layout)
    let target = result.elements
    if a.layout.isInStep(with: layout) && b.layout.isInStep(with: layout) {
      let (x, y) = (a.elements, b.elements)
      parallelFor(count: a.count, grain: 32_768) { range in
        let first = range.lowerBound
        compute(
          ElementPairRun(a: x + first, b: y + first, aStep: 1, bStep: 1, target: target + first, count: range.count))
      }
    } else if a.count > 0 {
      let (x, y) = (a.storage.pointer, b.storage.pointer)
      let order = layout.axesByFallingStride
      let rows = StridedRows(a.layout.permuted(order), b.layout.permuted(order))
      let (length, aStep, bStep) = rows.inner
      rows.forEachRow { row, first, second in
        compute(
          ElementPairRun(
            a: x + first, b: y + second, aStep: aStep, bStep: bStep, target: target + row * length, count: length))
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
