import Autograd
import Tensor

/// The order in which the elements of images `[C, H, W]` are counted where axes are joined or taken apart.
public enum ElementOrder: Hashable, Sendable {
  /// Row by row of the first channel, then of the second: that of `[C, H, W]`.
  case channelsFirst
  /// All channels of the first pixel, then of the second: that of `[H, W, C]`, as in Keras.
  case channelsLast
}

extension Variable<Float> {
  /// A batch whose elements lie in the order, `[N, H, W, C]` for images `[N, C, H, W]` with channels last.
  func ordered(_ order: ElementOrder) -> Variable {
    order == .channelsLast && shape.rank == 4 ? permuted([0, 2, 3, 1]) : self
  }
}
