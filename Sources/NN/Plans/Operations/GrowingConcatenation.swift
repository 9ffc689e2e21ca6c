import Autograd
import Tensor

/// A concatenation of channels that the next one takes first: its result has room for all that is joined later, so that the next
/// one copies what is new alone.
struct GrowingConcatenation: PlanOperation {
  /// The channels behind the last concatenation.
  let capacity: Int
  /// Whether it begins the memory that the others write into.
  let isFirst: Bool

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    let images = inputs.map(\.value)
    if !isFirst, let grown = images[0].appendingChannels(of: images.dropFirst()) { return [Variable(grown)] }
    return [Variable(Tensor(joiningChannelsOf: images, capacity: capacity))]
  }
}
