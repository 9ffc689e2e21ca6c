import NN
import Serialization
import Tensor

extension Flatten: KerasLayer {
  var kerasClass: String { "Flatten" }

  func kerasOptions() -> [String: JSON] { [:] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init()
  }

  /// An image of one channel, or of one pixel, is flattened the same way in both.
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage? {
    guard order == .channelsFirst, !inputShape.isSameInEitherOrder else { return image }
    return FlattenedImage(channels: inputShape[0], height: inputShape[1], width: inputShape[2])
  }
}
