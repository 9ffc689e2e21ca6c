import Tensor

extension KerasInput {
  /// What one example of a batch is: `[null, H, W, C]` is `[C, H, W]`, `[null, H, W]` the same with one channel. The size
  /// of the batch plays no part.
  ///
  /// - Returns: `nil` if a size is open, or if it is neither a batch of images nor one of features.
  init?(batch shape: JSON) {
    guard case .array(let extents) = shape else { return nil }
    let sizes = extents.dropFirst().compactMap(\.count)
    guard sizes.count == extents.count - 1 else { return nil }
    switch sizes.count {
    case 1: self.init(shape: Shape(sizes))
    case 2: self.init(shape: [1, sizes[0], sizes[1]], isPlane: true)
    case 3: self.init(shape: [sizes[2], sizes[0], sizes[1]])
    default: return nil
    }
  }
}

extension JSON {
  /// The shape of a batch in Keras: `[C, H, W]` becomes `[null, H, W, C]`.
  init(kerasBatchOf shape: Shape) {
    let sizes = shape.rank == 3 ? [shape[1], shape[2], shape[0]] : Array(shape)
    self = .array([nil] + sizes.map { JSON($0) })
  }
}

extension Shape {
  /// The number that Keras has for an axis of one example of this shape: behind the batch, channels last.
  func kerasAxis(_ axis: Int) -> Int {
    if rank == 3 { return axis == 0 ? 3 : axis }
    return axis + 1
  }

  /// The axis of one example that Keras counts as `number`, in which the batch is 0 and -1 the last.
  ///
  /// - Returns: `nil` for the batch, and where there is no such axis.
  func axis(keras number: Int) -> Int? {
    let counted = number < 0 ? number + rank + 1 : number
    guard (1...Swift.max(rank, 1)).contains(counted), rank > 0 else { return nil }
    if rank == 3 { return counted == 3 ? 0 : counted }
    return counted - 1
  }
}
