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
  ///   - inputShapes: for inputs with open sizes, by name, the shape of one example as Kilim has it.
  ///   - path: the file it came from, named by errors.
  /// - Throws: ``ModelFileError`` if it describes no graph of layers.
  init(config: JSON, inputShapes: [String: Shape], path: String) throws {
    do throws(ModelFileError.Problem) {
      let graph = try KerasGraph(of: config, names: [], folder: "", isTrainable: true)
      if let name = inputShapes.keys.sorted().first(where: { name in !graph.inputs.contains { $0.name == name } }) {
        throw .mismatch(
          found: "inputShapes for \"\(name)\"",
          expected: "the name of an input, \(graph.inputs.map { "\"\($0.name)\"" }.joined(separator: ", "))")
      }
      var inputs: [KerasInput] = []
      for (index, input) in graph.inputs.enumerated() {
        inputs.append(
          try Self.input(input, chosen: inputShapes[input.name], isImage: graph.flattensFirst(input: index)))
      }
      (self.graph, self.inputs) = (graph, inputs)
    } catch {
      throw ModelFileError(path: path, place: "config.json", problem: error)
    }
  }

  /// - Parameters:
  ///   - chosen: the shape of an example, where sizes are open.
  ///   - isImage: whether `[null, H, W]` is an image without channels, and no sequence.
  private static func input(
    _ input: KerasGraph.Input, chosen: Shape?, isImage: Bool
  ) throws(ModelFileError.Problem) -> KerasInput {
    guard let claimed = input.batchShape, claimed != .null else {
      throw .unsupported(
        found: "a model that was never built, without the shape of its input", expected: "one with an Input")
    }
    guard let made = KerasInput(batch: claimed, chosen: chosen) else {
      if let chosen {
        throw .mismatch(
          found: "the shape \(chosen) in inputShapes for the input \"\(input.name)\"",
          expected: "one that fits Keras's \(claimed), channels first")
      }
      if let example = KerasInput.openExample(batch: claimed) {
        throw .openSizes(input: input.name, example: example)
      }
      throw .unsupported(
        found: "the shape \(claimed) of the input \"\(input.name)\"",
        expected: "[null, H, W, C], [null, H, W], [null, T, F] or [null, features] in numbers")
    }
    return made.isPlane && !isImage ? KerasInput(shape: Shape(made.kerasShape)) : made
  }
}
