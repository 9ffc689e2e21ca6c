import Serialization
import Tensor

/// The order of features that a `Flatten` layer makes of an image, or several such orders behind each other.
///
/// Kilim flattens `[C, H, W]`, Keras `[H, W, C]`. What a layer behind holds per feature has its rows in that order, and
/// they change places on the way between the two.
struct FlattenedImage: Equatable {
  /// Features next to each other: those of an image, or others, whose order is the same in both.
  private struct Part: Equatable {
    let count: Int
    /// Channels, height and width; `nil` for no image.
    let extents: [Int]?
  }

  private let parts: [Part]

  init(channels: Int, height: Int, width: Int) {
    parts = [Part(count: channels * height * width, extents: [channels, height, width])]
  }

  /// Features joined from several values; `nil` where none of them was an image.
  init?(joining values: [(image: FlattenedImage?, featureCount: Int)]) {
    guard values.contains(where: { $0.image != nil }) else { return nil }
    parts = values.flatMap { $0.image?.parts ?? [Part(count: $0.featureCount, extents: nil)] }
  }

  /// Why values cannot be merged.
  static let differentOrders = ModelFileError.Problem.unsupported(
    found: "a flattened image merged with features in another order",
    expected: "a Dense layer behind the flattened image, or Flatten(order: .channelsLast)")

  /// The number of features.
  var featureCount: Int { parts.reduce(0) { $0 + $1.count } }

  /// Puts the rows of a tensor `[C·H·W, …]` into Keras's order. What has no row for each feature, such as one number for all,
  /// stays as it is.
  func toKeras(_ tensor: Tensor<Float>) -> Tensor<Float> {
    reorder(tensor) { ($0, [1, 2, 0]) }
  }

  /// Puts the rows of a tensor `[H·W·C, …]` into Kilim's order. What has no row for each feature stays as it is.
  func fromKeras(_ tensor: Tensor<Float>) -> Tensor<Float> {
    reorder(tensor) { ([$0[1], $0[2], $0[0]], [2, 0, 1]) }
  }

  /// - Parameter order: the extents of the rows of an image, and the order that their axes get.
  private func reorder(_ tensor: Tensor<Float>, _ order: ([Int]) -> ([Int], [Int])) -> Tensor<Float> {
    guard tensor.shape.first == featureCount else { return tensor }
    let inner = Array(tensor.shape.dropFirst())
    let innerAxes = inner.indices.map { $0 + 3 }
    var first = 0
    let reordered = parts.map { part -> Tensor<Float> in
      defer { first += part.count }
      let rows = parts.count == 1 ? tensor : tensor[first..<first + part.count]
      guard let extents = part.extents else { return rows }
      let (shape, axes) = order(extents)
      return rows.reshaped(to: Shape(shape + inner)).permuted(axes + innerAxes)
        .reshaped(to: Shape([part.count] + inner))
    }
    return reordered.count == 1 ? reordered[0] : Tensor(concatenating: reordered, axis: 0)
  }
}
