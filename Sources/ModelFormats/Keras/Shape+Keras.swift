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
