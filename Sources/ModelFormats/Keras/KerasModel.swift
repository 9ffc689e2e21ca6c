import NN
import Serialization
import Tensor

/// A `Sequential` model of Keras as `config.json` describes it: layers that are not built yet.
struct KerasModel {
  /// A layer, its name, and the class that Keras keeps its variables under.
  struct Member {
    let name: String
    let kerasClass: String
    let layer: any KerasLayer
  }

  /// The shape of one input, `[C, H, W]` or `[features]`.
  let inputShape: Shape
  let members: [Member]
  private let path: String

  /// Reads a description.
  ///
  /// - Parameters:
  ///   - config: the content of `config.json`.
  ///   - path: the file it came from, named by errors.
  /// - Throws: ``ModelFileError`` naming the layer if a class or an option is unknown.
  init(config: JSON, path: String) throws {
    self.path = path
    func error(_ problem: ModelFileError.Problem) -> ModelFileError {
      ModelFileError(path: path, place: "config.json", problem: problem)
    }
    guard let kind = config["class_name"]?.text else { throw error(.damaged("it describes no model")) }
    guard kind == "Sequential", Self.isFromKeras(config) else {
      throw error(.unsupported(found: "a model of class \(kind)", expected: "Sequential"))
    }
    guard case .array(let objects) = config["config"]?["layers"] else { throw error(.damaged("it lists no layers")) }
    let inputs = objects.prefix { $0["class_name"] == "InputLayer" }
    let claimed =
      inputs.first?["config"]?["batch_shape"] ?? inputs.first?["config"]?["batch_input_shape"]
      ?? config["config"]?["build_input_shape"] ?? config["build_config"]?["input_shape"]
    guard let claimed, inputs.count <= 1 else { throw error(.damaged("it gives no shape of one input")) }
    guard let inputShape = Shape(kerasBatch: claimed) else {
      throw error(.unsupported(found: "the input shape \(claimed)", expected: "[null, H, W, C] or [null, features]"))
    }
    self.inputShape = inputShape
    members = try objects.dropFirst(inputs.count).enumerated().map { number, object in
      try Self.member(object, number: number, path: path)
    }
  }

  private static func member(_ object: JSON, number: Int, path: String) throws -> Member {
    let name = object["config"]?["name"]?.text ?? "\(number)"
    do throws(ModelFileError.Problem) {
      guard let kind = object["class_name"]?.text, case .object(let config) = object["config"] else {
        throw .damaged("it has no class or no options")
      }
      guard let reader = KerasClasses.readers[kind], isFromKeras(object) else {
        throw .unsupported(
          found: "the class \(kind)", expected: KerasClasses.readers.keys.sorted().joined(separator: ", "))
      }
      var options = KerasOptions(config)
      let layer = try reader(&options)
      try options.finish()
      return Member(name: name, kerasClass: kind, layer: layer)
    } catch {
      throw ModelFileError(path: path, place: "layer \"\(name)\"", problem: error)
    }
  }

  /// Whether a class is Keras's own: another package may use its names for something else.
  private static func isFromKeras(_ object: JSON) -> Bool {
    guard let module = object["module"]?.text else { return true }
    return module == "keras" || module.hasPrefix("keras.")
  }
}

extension KerasModel {
  /// No example is larger, nor is what a layer makes of it: far beyond any memory, far below what `Int` holds.
  private static let largestExample = 1 << 40

  /// Compares the variables of a file with those that the layers need, so that nothing larger than the file is made.
  ///
  /// - Parameter variables: those of each layer, in Keras's order and layout.
  /// - Throws: ``ModelFileError`` naming the layer that does not fit.
  func check(_ variables: [[Tensor<Float>]]) throws {
    var shape = inputShape
    var generator = RandomGenerator(seed: 0)
    for (member, variables) in zip(members, variables) {
      func error(_ problem: ModelFileError.Problem) -> ModelFileError {
        ModelFileError(path: path, place: "layer \"\(member.name)\"", problem: problem)
      }
      guard let count = elementCount(ofClaimedShape: Array(shape)), count <= Self.largestExample else {
        throw error(.damaged("an input of shape \(shape)"))
      }
      let expected = member.layer.kerasVariableShapes(inputShape: shape)
      let found = variables.map(\.shape)
      guard found == expected else {
        throw error(.mismatch(found: "variables of shape \(found)", expected: "\(expected)"))
      }
      do {
        shape = try member.layer.build(inputShape: shape, using: &generator)
      } catch let failure as LayerError {
        throw error(.damaged(failure.reason))
      }
    }
  }
}
