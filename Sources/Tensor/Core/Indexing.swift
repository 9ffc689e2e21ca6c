/// The indices that a slice takes along one axis: a range, or ``AllIndices``.
public protocol AxisRange {
  /// The indices that the range covers on an axis of the given length.
  func indices(on length: Int) -> Range<Int>
}

extension Range: AxisRange where Bound == Int {
  /// The range itself.
  public func indices(on length: Int) -> Range<Int> { self }
}

extension ClosedRange: AxisRange where Bound == Int {
  /// The range with its end.
  public func indices(on length: Int) -> Range<Int> { lowerBound..<upperBound + 1 }
}

extension PartialRangeFrom: AxisRange where Bound == Int {
  /// The range up to the end of the axis.
  public func indices(on length: Int) -> Range<Int> { lowerBound..<Swift.max(length, lowerBound) }
}

extension PartialRangeUpTo: AxisRange where Bound == Int {
  /// The range from the start of the axis.
  public func indices(on length: Int) -> Range<Int> { Swift.min(0, upperBound)..<upperBound }
}

extension PartialRangeThrough: AxisRange where Bound == Int {
  /// The range from the start of the axis.
  public func indices(on length: Int) -> Range<Int> { Swift.min(0, upperBound + 1)..<upperBound + 1 }
}

/// All indices of an axis, written `.all`.
public struct AllIndices: AxisRange {
  /// The whole axis.
  public func indices(on length: Int) -> Range<Int> { 0..<length }
}

extension AxisRange where Self == AllIndices {
  /// All indices of an axis, as in `x[.all, 0..<2]`.
  public static var all: AllIndices { AllIndices() }
}

extension Tensor {
  /// One element, by an index for every axis.
  public subscript(indices: Int...) -> Scalar {
    get { storage.pointer[place(of: indices)] }
    set {
      if !isKnownUniquelyReferenced(&storage) || layout.sharesElements { self = copied() }
      storage.pointer[place(of: indices)] = newValue
    }
  }

  /// A part of the tensor, by a range for each of the first axes, with all indices of the other axes.
  ///
  /// Reading gives a view. Writing takes a tensor that broadcasts to the shape of the part. A range outside of the axis
  /// stops the program.
  public subscript(ranges: any AxisRange...) -> Tensor {
    get { Tensor(storage: storage, layout: layout(of: ranges)) }
    set {
      if !isKnownUniquelyReferenced(&storage) || !isContiguous { self = copied() }
      let part = layout(of: ranges)
      Tensor.copy(newValue.broadcast(to: part.shape), to: part, of: storage.pointer)
    }
  }

  /// A view of every `step`-th index of one axis within `range`.
  public func slice(_ range: some AxisRange, axis: Int, step: Int = 1) -> Tensor {
    let axis = shape.resolve(axis: axis, in: "slice")
    let indices = range.indices(on: shape[axis])
    require(step >= 1, "slice: the step is \(step), at least 1 is needed")
    checkBounds(indices, axis: axis)
    // The sum of the count and a large step would overflow.
    let length = indices.isEmpty ? 0 : (indices.count - 1) / step + 1
    return Tensor(
      storage: storage, layout: layout.sliced(axis: axis, start: indices.lowerBound, length: length, step: step))
  }

  /// A view at one index of axis `axis`, without that axis: `batch.select(0)` is the first image.
  public func select(_ index: Int, axis: Int = 0) -> Tensor {
    let axis = shape.resolve(axis: axis, in: "select")
    checkBounds(index..<index + 1, axis: axis)
    return Tensor(storage: storage, layout: layout.selecting(index, axis: axis))
  }

  /// Replaces a range of one axis by a tensor that broadcasts to its shape.
  public mutating func replaceSlice(_ range: some AxisRange, axis: Int, step: Int = 1, with part: Tensor) {
    if !isKnownUniquelyReferenced(&storage) || !isContiguous { self = copied() }
    let target = slice(range, axis: axis, step: step).layout
    Tensor.copy(part.broadcast(to: target.shape), to: target, of: storage.pointer)
  }

  private func place(of indices: [Int]) -> Int {
    require(
      indices.count == rank, "subscript: \(counted(indices.count, "index", plural: "indices")) for shape \(shape)")
    var place = layout.offset
    for axis in indices.indices {
      checkBounds(indices[axis]..<indices[axis] + 1, axis: axis)
      place += indices[axis] * layout.strides[axis]
    }
    return place
  }

  private func layout(of ranges: [any AxisRange]) -> Layout {
    require(ranges.count <= rank, "subscript: \(counted(ranges.count, "range")) for shape \(shape)")
    var part = layout
    for (axis, range) in ranges.enumerated() {
      let indices = range.indices(on: shape[axis])
      checkBounds(indices, axis: axis)
      part = part.sliced(axis: axis, start: indices.lowerBound, length: indices.count, step: 1)
    }
    return part
  }

  func checkBounds(_ indices: Range<Int>, axis: Int) {
    require(
      indices.lowerBound >= 0 && indices.upperBound <= shape[axis],
      "subscript: \(indices) is out of range for axis \(axis) of shape \(shape)")
  }
}
