// The shape of images is always `[N, C, H, W]`. In memory, the fast kernels store the channels innermost, so that
// vector instructions can work on several channels at once. This is only a layout with other strides; the next
// operations keep it without a copy.

extension Layout {
  /// The layout of images `[N, C, H, W]` whose channels are innermost in memory.
  init(channelsLast shape: Shape) {
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    self.init(
      shape: shape, strides: [channels &* height &* width, 1, width &* channels, channels], offset: 0)
  }

  /// Whether images `[N, C, H, W]` are stored without gaps and with the channels innermost.
  var isChannelsLast: Bool {
    guard shape.rank == 4 else { return false }
    let expected = Layout(channelsLast: shape).strides
    return shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == expected[$0] }
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

  /// The elements in the order of a dense layout of the same shape: the tensor itself or a copy.
  func laidOut(as target: Layout) -> Tensor {
    if layout.strides == target.strides { return self }
    return Tensor(unsafeUninitialized: target) {
      Tensor.copy(self, to: Layout(shape: shape, strides: target.strides, offset: 0), of: $0)
    }
  }
}
