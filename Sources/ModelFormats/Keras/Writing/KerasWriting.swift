import NN
import Serialization
import Tensor

/// A model as a chain of Keras's layers, ready to be written.
struct KerasWriting {
  /// A layer without layers of its own, and where it stands.
  private struct Leaf {
    let name: String
    let layer: any KerasLayer
    let inputShape: Shape
    /// Where its variables stand: see ``KerasKeys``.
    var folder = ""
  }

  private let model: Sequential
  private let path: String
  private let leaves: [Leaf]

  /// Takes a model apart.
  ///
  /// - Parameter path: the file it shall be written to, named by errors.
  /// - Throws: ``ModelFileError`` naming the layer that Keras lacks.
  init(_ model: Sequential, path: String) throws {
    self.model = model
    self.path = path
    var keys = KerasKeys()
    leaves = try Self.leaves(of: model, path: path).map { leaf in
      var leaf = leaf
      leaf.folder = "layers/\(keys.next(forClass: leaf.layer.kerasClass))/vars"
      return leaf
    }
  }

  private static func leaves(of model: Sequential, path: String) throws -> [Leaf] {
    guard let inputShape = model.inputShape, [1, 3].contains(inputShape.rank) else {
      let found = model.inputShape.map { "an input of shape \($0)" } ?? "a model that was not built"
      throw ModelFileError(
        path: path, place: "model", problem: .unsupported(found: found, expected: "an input [C, H, W] or [features]"))
    }
    return try zip(model.children, [inputShape] + model.outputShapes).flatMap { child, inputShape -> [Leaf] in
      if let part = child.layer as? Sequential {
        return try leaves(of: part, path: path).map { leaf in
          Leaf(name: "\(child.name).\(leaf.name)", layer: leaf.layer, inputShape: leaf.inputShape)
        }
      }
      guard let layer = child.layer as? any KerasLayer else {
        throw ModelFileError(
          path: path, place: "layer \"\(child.name)\"",
          problem: .unsupported(found: "\(type(of: child.layer))", expected: "a layer that Keras has"))
      }
      let before = layer.kerasLayerBefore.map {
        Leaf(name: "\(child.name)_padding", layer: $0, inputShape: inputShape)
      }
      return [before, Leaf(name: child.name, layer: layer, inputShape: inputShape)].compactMap(\.self)
    }
  }

  /// The content of `config.json`.
  ///
  /// - Throws: ``ModelFileError`` naming the layer with an option that Keras lacks.
  func config() throws -> [String: JSON] {
    let input = JSON(
      kerasObject: "InputLayer", of: "keras.layers",
      ["name": "input_layer", "batch_shape": JSON(kerasBatchOf: model.inputShape ?? [])])
    let objects = try leaves.map { leaf in
      do throws(ModelFileError.Problem) {
        let options = try leaf.layer.kerasOptions().merging(["name": .string(leaf.name)]) { $1 }
        return JSON(kerasObject: leaf.layer.kerasClass, of: "keras.layers", options)
      } catch {
        throw ModelFileError(path: path, place: "layer \"\(leaf.name)\"", problem: error)
      }
    }
    let config = JSON(
      kerasObject: "Sequential", of: "keras", ["name": "sequential", "layers": .array([input] + objects)])
    return config.members ?? [:]
  }

  /// The variables of each layer, and where they stand.
  func groups() throws -> [(folder: String, name: String, variables: [KerasVariable])] {
    let images = try FlattenedImage.beforeEach(of: leaves.map { ($0.name, $0.layer, $0.inputShape) }, path: path)
    return zip(leaves, images).map { leaf, image in
      (leaf.folder, leaf.name, leaf.layer.kerasVariables(flattenedFrom: image))
    }
  }

  /// All variables in Keras's order.
  func variables() throws -> [KerasVariable] { try groups().flatMap(\.variables) }

  /// The values of all variables.
  func weights() throws -> [KerasWeights.Group] {
    try groups().map { folder, name, variables in
      KerasWeights.Group(folder: folder, name: name, variables: variables.map(\.value))
    }
  }
}
