import NN
import Serialization
import Tensor

/// Checks that the masks of a model that was read travel as in Keras.
///
/// Kilim's layers hand on masks by the rules of Keras 3. What is different in a graph of Keras is found here and refused, so
/// that no prediction differs.
struct KerasMasks {
  /// Whether the file is one of Keras 2, in which a few rules are others.
  let isKeras2: Bool
  let purpose: KerasPurpose
  let path: String

  /// - Throws: ``ModelFileError`` naming the layer that gets a mask that it cannot follow as in Keras.
  func check(_ model: Model) throws {
    let flow = try flow(model) { _, _ in false }
    guard !flow.calls.isEmpty || flow.outputs.contains(where: { $0 != nil }) else { return }
    // In Keras an operation ends a mask, and the layer that Kilim has in its place may hand it on.
    let kerasFlow = try self.flow(model) { $0.kerasOrigin?.layers[$1]?.isOperation ?? false }
    for call in flow.calls {
      let same = kerasFlow.calls.first { $0.path == call.path && $0.masks == call.masks }
      guard !call.usesMasks || same != nil else {
        throw error(call.path, "an input that had a mask before an operation, which ends it in Keras")
      }
      try check(call)
    }
    guard kerasFlow.outputs == flow.outputs else {
      throw ModelFileError(
        path: path, place: "config.json",
        problem: .unsupported(
          found: "an output that had a mask before an operation, which ends it in Keras", expected: "one without a mask"
        ))
    }
    guard purpose == .prediction || flow.outputs.allSatisfy({ $0 == nil }) else {
      throw ModelFileError(path: path, place: "config.json", problem: Self.maskedOutput)
    }
  }

  /// Why a model with a mask at its output is not trained as in Keras.
  static let maskedOutput = ModelFileError.Problem.unsupported(
    found: "an output with a mask, which Keras's loss follows", expected: "a layer that ends the mask before it")

  private func flow(_ model: Model, endingAt ends: @escaping (Model, String) -> Bool) throws -> MaskFlow {
    do {
      return try MaskFlow(model, endingAt: ends)
    } catch let failure as LayerError {
      throw ModelFileError(
        path: path, place: "layer \"\(failure.layer)\"",
        problem: .unsupported(found: failure.reason, expected: "a layer that follows the mask, or none before it"))
    }
  }

  /// Checks one layer that gets a mask.
  private func check(_ call: MaskFlow.Call) throws {
    let origin = call.path.last.flatMap { call.model.kerasOrigin?.layers[$0] }
    switch call.layer {
    case is any MaskedLayer where origin?.isOperation == true && call.usesMasks:
      throw error(call.path, "a mask at an operation, which counts all places in Keras")
    case is any MaskedLayer where origin?.isUnrolled == true:
      throw error(call.path, "unroll = true with a mask")
    case is any KerasCustomLayer where !(call.layer is any MaskedLayer):
      throw error(call.path, "a class of your own that gets a mask, and does not conform to MaskedLayer")
    case let layer as TrainingOnlyLayer where layer.kerasClass != TrainingOnlyLayer.identity:
      throw error(call.path, "a mask at a layer of class \(layer.kerasClass)")
    // A layer of axes that changes nothing hands on the mask with some backends of Keras, and ends it with others.
    case is Reshape where call.inputShapes == call.outputShapes, is Permute where call.inputShapes == call.outputShapes:
      throw error(call.path, "a mask at a layer that changes no axes")
    case is any RecurrentLayer where isKeras2 && call.inputShapes.count > 1,
      is Bidirectional where isKeras2 && call.inputShapes.count > 1:
      throw error(call.path, "a mask and first states, which Keras 2 uses together, and Keras 3 does not")
    case is Concatenate where isKeras2 && call.masks.contains(nil):
      throw error(call.path, "some inputs with a mask and some without, which Keras 2 joins differently than Keras 3")
    default: break
    }
  }

  private func error(_ path: [String], _ found: String) -> ModelFileError {
    ModelFileError(
      path: self.path, place: "layer \"\(path.joined(separator: "."))\"",
      problem: .unsupported(found: found, expected: "no mask there"))
  }
}
