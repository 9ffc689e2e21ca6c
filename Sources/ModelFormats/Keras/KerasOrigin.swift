import NN
import Serialization
import Tensor

/// What a model keeps of the Keras file that it was read from: the layers as they stand there, and the options that Kilim
/// does not apply. They are written again.
struct KerasOrigin: Sendable {
  /// Where a layer of the model comes from.
  struct Layer: Sendable {
    /// The name of Keras's layer, unique in the model.
    let name: String
    /// Where the variables of Keras's layer stand: see ``KerasKeys``. Two layers may come from one.
    let folder: String
    /// The shapes of this layer's part of the variables.
    let shapes: [Shape]
    /// The options that were read and not applied, by the names that the written class has for them.
    let kept: [String: KerasKept]
    /// Whether Keras calls the layer with `training=False`, and it would do something else in training.
    let isForInference: Bool
    /// What cannot be written again; `nil` for nothing.
    let refusal: String?
  }

  /// One for each layer of the model.
  let layers: [Layer]
  /// The shape of a batch where it is not that of the model.
  let batchShape: JSON?
}

extension KerasOrigin {
  /// The shape of a batch for a model with this input.
  func batchShape(for inputShape: Shape) -> JSON {
    guard let batchShape, KerasInput(batch: batchShape)?.shape == inputShape else {
      return JSON(kerasBatchOf: inputShape)
    }
    return batchShape
  }
}

extension Sequential {
  /// The file that the model was read from; `nil` for a model that was made here.
  var kerasOrigin: KerasOrigin? {
    get {
      guard let origin = origin as? KerasOrigin, origin.layers.count == layers.count else { return nil }
      return origin
    }
    set { origin = newValue }
  }
}
