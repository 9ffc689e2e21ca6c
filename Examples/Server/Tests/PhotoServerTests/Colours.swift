import Foundation
import Kilim

/// A small model, and photos for it.
enum Colours {
  /// A model that tells red from blue photos.
  static func model() throws -> Model {
    let model = try Sequential(input: [3, 4, 4]) {
      GlobalAveragePool2D()
      Dense(2, activation: .softmax)
    }
    try model.load(state: [
      "dense.weight": Tensor(shape: [3, 2], scalars: [9, 0, 0, 0, 0, 9]), "dense.bias": Tensor([0, 0]),
    ])
    model.classes = ["red", "blue"]
    model.preprocessing = Preprocessing(imageSize: 4)
    model.outputMeaning = .probabilities
    return model
  }

  /// PNG files of 5 × 3 pixels.
  static let red = photo(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAADUVFKvAAAAEElEQVR4nGP4"
      + "z8CAjBgI8AF1yA7yBqYM2wAAAABJRU5ErkJggg==")
  static let blue = photo(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAADCAIAAADUVFKvAAAAD0lEQVR4nGNg"
      + "YPiPivDzAVfmDvJ3oeoIAAAAAElFTkSuQmCC")

  private static func photo(_ text: String) -> [UInt8] { Data(base64Encoded: text).map { [UInt8]($0) } ?? [] }
}
