// The shape of images is always `[N, C, H, W]`. In memory, the fast kernels store the channels innermost, so that
// vector instructions can work on several channels at once. This is only a layout with other strides; the next
// operations keep it without a copy.

extension Layout {
  /// The layout of images `[N, C, H, W]` whose channels are innermost in memory.
  init(channelsLast shape: Shape) {
    self.init(channelsLast: shape, pitch: shape[1])
  }

  /// Whether images `[N, C, H, W]` are stored without gaps and with the channels innermost.
  var isChannelsLast: Bool {
    shape.rank == 4 && isInStep(with: Layout(channelsLast: shape))
  }

  /// Images `[N, C, H, W]` whose channels are innermost in memory and whose pixels are `pitch` elements apart.
  init(channelsLast shape: Shape, pitch: Int) {
    let (height, width) = (shape[2], shape[3])
    self.init(
      shape: shape, strides: [pitch &* height &* width, 1, width &* pitch, pitch], offset: 0)
  }

  /// The distance between the pixels of images `[N, C, H, W]` whose channels are innermost and without gaps; all pixels have
  /// the same. `nil` for other layouts.
  var pixelPitch: Int? {
    if isChannelsLast { return shape[1] }
    guard shape.rank == 4, strides[3] >= shape[1] else { return nil }
    return isInStep(with: Layout(channelsLast: shape, pitch: strides[3])) ? strides[3] : nil
  }

  /// Whether images `[N, C, H, W]` are stored with the channels innermost, with or without gaps, and not in row-major
  /// order as well.
  var hasChannelsInnermost: Bool {
    guard shape.rank == 4, !sharesElements else { return false }
    let dense = packed
    return dense.isChannelsLast && !dense.isRowMajor
  }

  /// The dense layout of a shape that an operation on tensors of these layouts gives: channels innermost where one of them
  /// has them so, otherwise row-major.
  init(of shape: Shape, like operands: [Layout]) {
    let isChannelsLast = shape.rank == 4 && operands.contains(where: \.hasChannelsInnermost)
    self = isChannelsLast ? Layout(channelsLast: shape) : Layout(rowMajor: shape)
  }

  /// The layout without gaps whose axes have the same order in memory. For one that shares no elements.
  var packed: Layout {
    var result = Layout(shape: shape, strides: strides, offset: 0)
    var next = 1
    for axis in axesByFallingStride.reversed() {
      result.strides[axis] = next
      next &*= shape[axis]
    }
    return result
  }

  /// Whether each element is at the same distance from the first one as in a dense layout of the same shape.
  func isInStep(with dense: Layout) -> Bool {
    shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == dense.strides[$0] }
  }

  /// Whether the elements are stored without gaps, in any order.
  var isDense: Bool {
    permuted(axesByFallingStride.filter { shape[$0] != 1 }).isRowMajor
  }
}

extension Tensor {
  /// The images with their channels innermost in memory: the tensor itself when they already are, otherwise a copy.
  func channelsLast() -> Tensor {
    layout.isChannelsLast ? self : laidOut(as: Layout(channelsLast: shape))
  }

  /// The images with their channels innermost and the distance between their pixels: the tensor itself where all pixels have
  /// the same, otherwise a copy without gaps.
  func channelsInnermost() -> (images: Tensor, pitch: Int) {
    if let pitch = layout.pixelPitch { return (self, pitch) }
    return (channelsLast(), shape[1])
  }

  /// The elements in the order of a dense layout of the same shape: the tensor itself or a copy.
  func laidOut(as target: Layout) -> Tensor {
    if layout.isInStep(with: target) { return self }
    return Tensor(unsafeUninitialized: target) {
      Tensor.copy(self, to: Layout(shape: shape, strides: target.strides, offset: 0), of: $0)
    }
  }
}
