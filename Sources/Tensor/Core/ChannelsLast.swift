// Images are `[N, C, H, W]` for everybody. Inside, the fast kernels keep the channels innermost, where they fill the
// lanes of vectors: a layout of the same tensor with other strides, which its neighbours take over without a copy.

extension Layout {
  /// The layout of images `[N, C, H, W]` whose channels lie next to each other.
  init(channelsLast shape: Shape) {
    let (channels, height, width) = (shape[1], shape[2], shape[3])
    self.init(
      shape: shape, strides: [channels &* height &* width, 1, width &* channels, channels], offset: 0)
  }

  /// Whether the elements of images `[N, C, H, W]` lie one behind the other, channels innermost.
  var isChannelsLast: Bool {
    guard shape.rank == 4 else { return false }
    let expected = Layout(channelsLast: shape).strides
    return shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == expected[$0] }
  }

  /// Whether the elements fill a stretch of memory without gaps, in whatever order.
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
