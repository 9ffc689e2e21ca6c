extension Tensor {
  /// Joins tensors along an existing axis.
  ///
  /// Shapes: `[A, B]` and `[C, B]` give `[A + C, B]` at axis 0. Stops unless all other axes have equal lengths.
  public init(concatenating tensors: [Tensor], axis: Int = 0) {
    guard let first = tensors.first else { stop("concatenating: no tensors were given") }
    let axis = first.shape.resolve(axis: axis, in: "concatenating")
    for tensor in tensors {
      require(
        tensor.rank == first.rank
          && tensor.shape.replacing(axis: axis, with: 0) == first.shape.replacing(axis: axis, with: 0),
        "concatenating: shapes differ beside axis \(axis): \(first.shape) and \(tensor.shape)")
    }
    let shape = first.shape.replacing(axis: axis, with: tensors.reduce(0) { $0 + $1.shape[axis] })
    let layout = Layout(of: shape, like: tensors.map(\.layout))
    self.init(unsafeUninitialized: layout) { target in
      var start = 0
      for tensor in tensors {
        let length = tensor.shape[axis]
        let part = layout.sliced(axis: axis, start: start, length: length, step: 1)
        Tensor.copy(tensor, to: part, of: target)
        start += length
      }
    }
  }

  /// The tensor with elements of one value added before and after it along each axis.
  ///
  /// - Parameters:
  ///   - amounts: how many to add, one pair per axis, none negative.
  ///   - value: the value of the new elements.
  public func padded(_ amounts: [(before: Int, after: Int)], with value: Scalar = .zero) -> Tensor {
    require(amounts.count == rank, "padded: \(counted(amounts.count, "pair")) for shape \(shape)")
    require(amounts.allSatisfy { $0.before >= 0 && $0.after >= 0 }, "padded: a negative amount: \(amounts)")
    let target = Shape(zip(shape, amounts).map { $0 + $1.before + $1.after })
    var result = Tensor(repeating: value, shape: target)
    result.layout = Layout(of: target, like: [layout])
    var inside = result.layout
    for axis in shape.indices {
      inside = inside.sliced(axis: axis, start: amounts[axis].before, length: shape[axis], step: 1)
    }
    Tensor.copy(self, to: inside, of: result.storage.pointer)
    return result
  }
}
