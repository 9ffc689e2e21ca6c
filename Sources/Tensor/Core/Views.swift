extension Tensor {
  /// The same elements in the same order with another shape. One dimension may be -1 and is inferred from the others.
  ///
  /// A view of a contiguous tensor, otherwise a copy. Stops if the numbers of elements differ.
  public func reshaped(to dimensions: [Int]) -> Tensor {
    var dimensions = dimensions
    if let inferred = dimensions.firstIndex(of: -1) {
      var others = dimensions
      others.remove(at: inferred)
      let known = Shape(others).elementCount
      require(known > 0 && count % known == 0, "reshaped: \(shape) does not fit \(dimensions)")
      dimensions[inferred] = count / known
    }
    return reshaped(to: Shape(dimensions))
  }

  /// The same elements in the same order with another shape. Stops if the numbers of elements differ.
  public func reshaped(to shape: Shape) -> Tensor {
    require(
      shape.elementCount == count,
      "reshaped: \(self.shape) has \(counted(count, "element")), \(shape) has \(shape.elementCount)")
    if let layout = layout.reshaped(to: shape) { return Tensor(storage: storage, layout: layout) }
    return Tensor(storage: copied().storage, layout: Layout(rowMajor: shape))
  }

  /// All elements along one axis.
  public func flattened() -> Tensor {
    reshaped(to: [count] as Shape)
  }

  /// A view with the last two axes swapped: the transpose of a matrix, or of every matrix of a batch.
  public func transposed() -> Tensor {
    require(rank >= 2, "transposed: a tensor of shape \(shape) has no two axes to exchange")
    var axes = Array(0..<rank)
    axes.swapAt(rank - 2, rank - 1)
    return permuted(axes)
  }

  /// A view with its axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
  public func permuted(_ axes: [Int]) -> Tensor {
    let resolved = axes.map { shape.resolve(axis: $0, in: "permuted") }
    require(
      resolved.count == rank && Set(resolved).count == rank,
      "permuted: \(axes) does not name each axis of \(shape) once")
    return Tensor(storage: storage, layout: layout.permuted(resolved))
  }

  /// A view repeated along new leading axes and axes of length 1, by NumPy's rule. Stops if the shapes do not fit.
  public func broadcast(to shape: Shape) -> Tensor {
    guard let layout = layout.broadcast(to: shape) else {
      stop("broadcast: \(self.shape) does not broadcast to \(shape)")
    }
    return Tensor(storage: storage, layout: layout)
  }

  /// A view with a new axis of length 1 at index `axis` of the result; -1 makes it the last one.
  public func expandingShape(at axis: Int) -> Tensor {
    let axis = axis < 0 ? axis + rank + 1 : axis
    require((0...rank).contains(axis), "expandingShape: axis \(axis) is out of range for shape \(shape)")
    var layout = layout
    layout.shape.dimensions.insert(1, at: axis)
    layout.strides.insert(0, at: axis)
    return Tensor(storage: storage, layout: layout)
  }

  /// A view without the axis `axis`, whose length must be 1.
  public func squeezingShape(at axis: Int) -> Tensor {
    let resolved = shape.resolve(axis: axis, in: "squeezingShape")
    require(shape[resolved] == 1, "squeezingShape: axis \(axis) of shape \(shape) is not of length 1")
    return Tensor(storage: storage, layout: layout.selecting(0, axis: resolved))
  }
}
