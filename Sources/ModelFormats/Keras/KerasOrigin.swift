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
    /// What the variables of Keras's layer are kept under: see ``KerasKeys``. Several layers may come from one.
    let key: String
    /// The shapes of this layer's part of the variables.
    var shapes: [Shape] = []
    /// The options that were read and not applied, by the names that the written class has for them.
    var kept: [String: KerasKept] = [:]
    /// What cannot be written again; `nil` for nothing.
    var refusal: String?
    /// Whether Keras has an operation here and no layer, which ends a mask.
    var isOperation = false
    /// Whether Keras computes the steps of a sequence one by one, which it does in another way with a mask.
    var isUnrolled = false
  }

  /// The layers by their names in the model.
  let layers: [String: Layer]
  /// For each input the shape of a batch in Keras, where it is not that of the model.
  let batchShapes: [JSON?]
}

extension KerasOrigin {
  /// The shape of a batch of one of the inputs, for a model with inputs of this shape.
  func batchShape(ofInput index: Int, for inputShape: Shape) -> JSON {
    guard batchShapes.indices.contains(index), let shape = batchShapes[index],
      KerasInput(batch: shape)?.shape == inputShape
    else { return JSON(kerasBatchOf: inputShape) }
    return shape
  }
}

extension Model {
  /// The file that the model was read from; `nil` for a model that was made here.
  var kerasOrigin: KerasOrigin? {
    get { origin as? KerasOrigin }
    set { origin = newValue }
  }
}
