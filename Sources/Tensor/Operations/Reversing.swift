extension Tensor {
  /// The indices of one axis in the opposite order, as a new tensor.
  public func reversed(axis: Int) -> Tensor {
    let axis = shape.resolve(axis: axis, in: "reversed")
    guard shape[axis] > 1 else { return self }
    return Tensor(concatenating: (0..<shape[axis]).reversed().map { slice($0..<$0 + 1, axis: axis) }, axis: axis)
  }
}
