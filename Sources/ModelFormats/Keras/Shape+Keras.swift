import Tensor

extension Shape {
  /// The shape of one input from that of a batch: `[null, H, W, C]` becomes `[C, H, W]`.
  ///
  /// - Returns: `nil` if a size is open, or if it is neither a batch of images nor one of features.
  init?(kerasBatch shape: JSON) {
    guard case .array(let extents) = shape else { return nil }
    let sizes = extents.dropFirst().compactMap(\.count)
    guard sizes.count == extents.count - 1 else { return nil }
    switch sizes.count {
    case 1: self = Shape(sizes)
    case 3: self = [sizes[2], sizes[0], sizes[1]]
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
