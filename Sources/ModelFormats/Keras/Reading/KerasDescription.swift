import NN
import Serialization
import Tensor

/// A model of Keras as its configuration describes it: a chain of layers that are not made yet.
struct KerasDescription {
  /// A layer of the chain. Those of models inside the model stand in the chain with the others.
  struct Member {
    /// The names of the models that it stands in, and its own: `["sequential_1", "dense"]`.
    let names: [String]
    let kerasClass: String
    /// What tells that the class is not Keras's own; `nil` if it is.
    let foreignClass: String?
    let options: [String: JSON]
    /// Where a `.keras` file keeps its variables: see ``KerasKeys``.
    let folder: String
    /// Whether Keras trains the layer: it and all models that it stands in are trainable.
    let isTrainable: Bool
    /// Whether it, or a model that it stands in, is called with `training=False`.
    let isForInference: Bool

    var name: String { names.joined(separator: ".") }
  }

  /// What the first layer gets.
  let input: KerasInput
  /// The shape of a batch, as Keras writes it.
  let batchShape: JSON
  let members: [Member]

  /// Reads a description.
  ///
  /// - Parameters:
  ///   - config: the content of `config.json`.
  ///   - path: the file it came from, named by errors.
  /// - Throws: ``ModelFileError`` if it describes no chain of layers.
  init(config: JSON, path: String) throws {
    do throws(ModelFileError.Problem) {
      let model = try KerasChain(of: config)
      guard let claimed = model.inputShape, claimed != .null else {
        throw .unsupported(
          found: "a model that was never built, without the shape of its input", expected: "one with an Input")
      }
      guard let input = KerasInput(batch: claimed) else {
        throw .unsupported(
          found: "the input shape \(claimed)", expected: "[null, H, W, C], [null, H, W] or [null, features] in numbers")
      }
      self.input = input
      batchShape = claimed
      members = try Self.members(of: model, names: [], folder: "", isTrainable: true, isForInference: false)
    } catch {
      throw ModelFileError(path: path, place: "config.json", problem: error)
    }
  }

  private static func members(
    of model: KerasChain, names: [String], folder: String, isTrainable: Bool, isForInference: Bool
  ) throws(ModelFileError.Problem) -> [Member] {
    guard names.count < 8 else { throw .unsupported(found: "models eight deep", expected: "fewer") }
    let isTrainable = isTrainable && model.isTrainable
    var keys = KerasKeys()
    var members: [Member] = []
    for link in model.links {
      let layer = link.description
      guard let kind = layer["class_name"]?.text else { throw .damaged("a layer has no class") }
      let key = keys.next(forClass: kind)
      if kind == "InputLayer" { continue }
      let names = names + [(layer["config"]?["name"] ?? layer["name"])?.text ?? "\(members.count)"]
      let isForInference = isForInference || link.isForInference
      if KerasChain.classes.contains(kind) {
        members += try self.members(
          of: KerasChain(of: layer), names: names, folder: "\(folder)layers/\(key)/", isTrainable: isTrainable,
          isForInference: isForInference)
      } else {
        guard let options = layer["config"]?.members else {
          throw .damaged("layer \"\(names.joined(separator: "."))\" has no options")
        }
        members.append(
          Member(
            names: names, kerasClass: kind, foreignClass: layer.foreignClass, options: options,
            folder: "\(folder)layers/\(key)/vars", isTrainable: isTrainable && options["trainable"] != false,
            isForInference: isForInference))
      }
    }
    return members
  }
}
