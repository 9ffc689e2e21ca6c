import NN
import Serialization
import Tensor

/// A model of Keras as its configuration describes it, and what its inputs get.
struct KerasDescription {
  /// A layer that holds no model.
  struct Member {
    /// The names of the models that it stands in, and its own: `["sequential_1", "dense"]`.
    let names: [String]
    let kerasClass: String
    /// The name under which the class is registered in Python; `nil` for none.
    let registeredName: String?
    /// What tells that the class is not Keras's own; `nil` if it is.
    let foreignClass: String?
    let options: [String: JSON]
    /// Arguments of its calls beside the inputs and `training`.
    let arguments: [String: JSON]
    /// What it computes if it is an operation and no layer.
    let operation: KerasOperation?
    /// Where a `.keras` file keeps its variables: see ``KerasKeys``.
    let folder: String
    /// Whether Keras trains the layer: it and all models that it stands in are trainable.
    let isTrainable: Bool

    var name: String { names.joined(separator: ".") }
  }

  let graph: KerasGraph
  /// What each input of the model gets.
  let inputs: [KerasInput]

  /// Reads a description.
  ///
  /// - Parameters:
  ///   - config: the content of `config.json`.
  ///   - path: the file it came from, named by errors.
  /// - Throws: ``ModelFileError`` if it describes no graph of layers.
  init(config: JSON, path: String) throws {
    do throws(ModelFileError.Problem) {
      let graph = try KerasGraph(of: config, names: [], folder: "", isTrainable: true)
      var inputs: [KerasInput] = []
      for (index, input) in graph.inputs.enumerated() {
        inputs.append(try Self.input(input.batchShape, isImage: graph.flattensFirst(input: index)))
      }
      (self.graph, self.inputs) = (graph, inputs)
    } catch {
      throw ModelFileError(path: path, place: "config.json", problem: error)
    }
  }

  /// - Parameter isImage: whether `[null, H, W]` is an image without channels, and no sequence.
  private static func input(_ claimed: JSON?, isImage: Bool) throws(ModelFileError.Problem) -> KerasInput {
    guard let claimed, claimed != .null else {
      throw .unsupported(
        found: "a model that was never built, without the shape of its input", expected: "one with an Input")
    }
    guard let input = KerasInput(batch: claimed) else {
      throw .unsupported(
        found: "the input shape \(claimed)",
        expected: "[null, H, W, C], [null, H, W], [null, T, F] or [null, features] in numbers")
    }
    return input.isPlane && !isImage ? KerasInput(shape: Shape(input.kerasShape)) : input
  }
}
