import NN
import Tensor

/// What a layer of a Keras model gets.
struct KerasInput: Equatable {
  /// `[C, H, W]`, or `[features]`.
  var shape: Shape
  /// Whether Keras has `[H, W]` here, an image without an axis of channels. Kilim has `[1, H, W]`.
  var isPlane = false
  /// The image whose pixels the features are, when a `Flatten` stands before.
  var image: FlattenedImage?
  /// Whether it is one of the times of a sequence. What is behind them all does not know what was done with each: the features
  /// of an image are put into Keras's order.
  var isTime = false
  /// The type of whole numbers that Keras has here; `nil` for floating point.
  var integer: KerasInteger?

  /// The shape as Keras has it, without the batch.
  var kerasShape: [Int] {
    if isPlane { return Array(shape.dropFirst()) }
    return shape.kerasOrder.map { shape[$0] }
  }

  /// The number of axes in Keras, without that of the batch.
  var rank: Int { kerasShape.count }

  /// Whether another value is of the same kind: with as many axes, and features in the same order.
  func isLike(_ other: KerasInput) -> Bool {
    rank == other.rank && isPlane == other.isPlane && image == other.image && isTime == other.isTime
  }

  /// One of the times of a sequence; `nil` for something else.
  var oneTime: KerasInput? {
    guard !isPlane, image == nil, let times = TimeDistributed.Times(of: shape) else { return nil }
    return KerasInput(shape: times.shape, isTime: true, integer: integer)
  }
}
