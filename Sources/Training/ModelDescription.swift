import Data
import Foundation
import NN
import Tensor

// What a model of photos carries beside its weights, so that prediction needs nothing else.

extension Sequential {
  /// The names of the classes in the order of the outputs; `fit` sets them.
  public var classes: [String] {
    get { decode([String].self, "classes") ?? [] }
    set { encode(newValue, "classes") }
  }

  /// How a photo becomes an input of the model; `fit` on photos sets it.
  public var preprocessing: Preprocessing? {
    get { decode(Preprocessing.self, "preprocessing") }
    set { encode(newValue, "preprocessing") }
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ key: String) -> Value? {
    metadata[key].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
  }

  private func encode(_ value: (some Encodable)?, _ key: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    metadata[key] = value.flatMap { try? encoder.encode($0) }.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Layer {
  /// Notes in the model what it is being trained on.
  func remember(_ dataset: any Dataset) {
    guard let model = self as? Sequential else { return }
    if !dataset.classes.isEmpty { model.classes = dataset.classes }
    if let photos = dataset as? ImageDataset { model.preprocessing = photos.preprocessing }
  }
}
