import NN
import Serialization
import Tensor

extension Flatten: KerasLayer {
  var kerasClass: String { "Flatten" }

  func kerasOptions() -> [String: JSON] { [:] }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(of: input)
  }

  /// The layer for an input of Keras. The features of images in sequence are put into Keras's order; for those of an image the
  /// weights behind it are.
  convenience init(of input: KerasInput) {
    self.init(order: input.rank > 3 || input.isTime ? .channelsLast : .channelsFirst)
  }

  /// An image of one channel, or of one pixel, is flattened the same way in both.
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage? {
    guard order == .channelsFirst, !inputShape.isSameInEitherOrder, inputShape.rank == 3 else { return image }
    return FlattenedImage(channels: inputShape[0], height: inputShape[1], width: inputShape[2])
  }

  func flattenedImage(
    merging images: [FlattenedImage?], inputShapes: [Shape]
  ) throws(ModelFileError.Problem) -> FlattenedImage? {
    guard let shape = inputShapes.first, shape.rank > 3, order == .channelsFirst, !shape.isSameInEitherOrder else {
      return flattenedImage(after: images.first.flatMap { $0 }, inputShape: inputShapes.first ?? [])
    }
    throw .unsupported(
      found: "a Flatten of images in sequence in the order of [C, H, W]",
      expected: "Flatten(order: .channelsLast) for Keras")
  }
}
