import Serialization
import Tensor

/// The order of features that a `Flatten` layer makes of an image.
///
/// Kilim flattens `[C, H, W]`, Keras `[H, W, C]`. What a layer behind holds per feature has its rows in that order, and
/// they change places on the way between the two.
struct FlattenedImage: Equatable {
  let channels: Int
  let height: Int
  let width: Int

  /// Puts the rows of a tensor `[C·H·W, …]` into Keras's order.
  func toKeras(_ tensor: Tensor<Float>) -> Tensor<Float> {
    reorder(tensor, from: [channels, height, width], axes: [1, 2, 0])
  }

  /// Puts the rows of a tensor `[H·W·C, …]` into Kilim's order.
  func fromKeras(_ tensor: Tensor<Float>) -> Tensor<Float> {
    reorder(tensor, from: [height, width, channels], axes: [2, 0, 1])
  }

  private func reorder(_ tensor: Tensor<Float>, from extents: [Int], axes: [Int]) -> Tensor<Float> {
    let inner = Array(tensor.shape.dropFirst())
    let innerAxes = inner.indices.map { $0 + 3 }
    return tensor.reshaped(to: extents + inner).permuted(axes + innerAxes).reshaped(to: tensor.shape)
  }
}

extension FlattenedImage {
  /// For each layer, the image whose pixels its features are.
  ///
  /// - Parameters:
  ///   - layers: name, layer and shape of one input.
  ///   - path: the file, named by errors.
  /// - Throws: ``ModelFileError`` if the model's output itself is in that order: it would mean something else in Keras.
  static func beforeEach(
    of layers: [(name: String, layer: any KerasLayer, inputShape: Shape)], path: String
  ) throws -> [FlattenedImage?] {
    var image: FlattenedImage?
    var last: String?
    var images: [FlattenedImage?] = []
    for (name, layer, inputShape) in layers {
      if image != nil, layer.dependsOnElementOrder {
        throw ModelFileError(
          path: path, place: "layer \"\(name)\"",
          problem: .unsupported(
            found: "\(type(of: layer)) behind a flattened image", expected: "Flatten(order: .channelsLast) for Keras"))
      }
      let next = layer.flattenedImage(after: image, inputShape: inputShape)
      if next != image { last = name }
      images.append(image)
      image = next
    }
    if image != nil, let last {
      throw ModelFileError(
        path: path, place: "layer \"\(last)\"",
        problem: .unsupported(found: "a flattened image as output", expected: "a Dense layer behind it"))
    }
    return images
  }
}
