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
    /// Whether the class is Keras's own: another package may use its names for something else.
    let isFromKeras: Bool
    let options: [String: JSON]
    /// Where a `.keras` file keeps its variables: see ``KerasKeys``.
    let folder: String

    var name: String { names.joined(separator: ".") }
    /// Whether Keras trains the layer.
    var isTrainable: Bool { options["trainable"] != false }
  }

  /// The shape of one input, `[C, H, W]` or `[features]`.
  let inputShape: Shape
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
      guard let claimed = model.inputShape else { throw .damaged("it gives no shape of one input") }
      guard let shape = Shape(kerasBatch: claimed) else {
        throw .unsupported(found: "the input shape \(claimed)", expected: "[null, H, W, C] or [null, features]")
      }
      inputShape = shape
      members = try Self.members(of: model, names: [], folder: "")
    } catch {
      throw ModelFileError(path: path, place: "config.json", problem: error)
    }
  }

  private static func members(
    of model: KerasChain, names: [String], folder: String
  ) throws(ModelFileError.Problem) -> [Member] {
    guard names.count < 8 else { throw .unsupported(found: "models eight deep", expected: "fewer") }
    var keys = KerasKeys()
    var members: [Member] = []
    for layer in model.layers {
      guard let kind = layer["class_name"]?.text else { throw .damaged("a layer has no class") }
      let key = keys.next(forClass: kind)
      if kind == "InputLayer" { continue }
      let names = names + [layer["config"]?["name"]?.text ?? "\(members.count)"]
      if KerasChain.classes.contains(kind) {
        members += try self.members(of: KerasChain(of: layer), names: names, folder: "\(folder)layers/\(key)/")
      } else {
        guard let options = layer["config"]?.members else {
          throw .damaged("layer \"\(names.joined(separator: "."))\" has no options")
        }
        members.append(
          Member(
            names: names, kerasClass: kind, isFromKeras: isFromKeras(layer), options: options,
            folder: "\(folder)layers/\(key)/vars"))
      }
    }
    return members
  }

  /// Whether the class of an object is Keras's own.
  static func isFromKeras(_ object: JSON) -> Bool {
    guard let module = object["module"]?.text else { return true }
    return module == "keras" || module.hasPrefix("keras.")
  }
}
