import Autograd
import Tensor

/// The order in which the elements of images `[C, H, W]` are counted where axes are joined or taken apart.
public enum ElementOrder: Hashable, Sendable {
  /// Row by row of the first channel, then of the second: that of `[C, H, W]`.
  case channelsFirst
  /// All channels of the first pixel, then of the second: that of `[H, W, C]`, as in Keras. That of images in sequence and
  /// volumes is `[T, H, W, C]`.
  case channelsLast

  /// The axes of one example in the order: axis i in the order is axis `axes(rank:)[i]` of the example.
  package func axes(rank: Int) -> [Int] {
    guard self == .channelsLast, rank > 2 else { return Array(0..<rank) }
    return Array(0..<rank - 3) + [rank - 2, rank - 1, rank - 3]
  }

  /// Where each axis of one example is in the order, the opposite of ``axes(rank:)``.
  package func places(rank: Int) -> [Int] {
    let axes = axes(rank: rank)
    return axes.indices.sorted { axes[$0] < axes[$1] }
  }
}

extension Variable<Float> {
  /// A batch whose elements lie in the order, `[N, H, W, C]` for images `[N, C, H, W]` with channels last.
  func ordered(_ order: ElementOrder) -> Variable {
    order == .channelsLast && shape.rank > 3 ? permuted([0] + order.axes(rank: shape.rank - 1).map { $0 + 1 }) : self
  }
}
