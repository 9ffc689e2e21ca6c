import NN
import Serialization
import Tensor

extension Sequential {
  /// Writes the model as a `.keras` file, whole or not at all.
  ///
  /// Keras 3.0.5 and every later version opens the file with `keras.models.load_model`, predicts the same, and goes on
  /// training after `compile`. The file holds layers, parameters, running statistics and `metadata`; the same model
  /// gives the same bytes. Parts that are `Sequential` themselves are written layer by layer.
  ///
  /// ```swift
  /// try model.save(to: "model.keras")
  /// let same = try Sequential(contentsOf: "model.keras")
  /// ```
  ///
  /// - Throws: `ModelFileError` naming the layer if Keras lacks it or one of its options, before a file is touched;
  ///   `FileError` if the file cannot be written.
  public func save(to path: String) throws {
    try writeAtomically(kerasBytes(for: path), to: path)
  }

  /// The bytes of the `.keras` file.
  ///
  /// - Parameter path: the file the bytes are meant for, named by errors.
  package func kerasBytes(for path: String) throws -> [UInt8] {
    let layers = try kerasLayers(for: path)
    let archive = KerasArchive(
      config: try config(of: layers, for: path), weights: try weights(of: layers, for: path), metadata: metadata)
    return try archive.encoded(for: path)
  }

  /// A layer without layers of its own, and where it stands.
  private typealias Leaf = (name: String, layer: any KerasLayer, inputShape: Shape)

  private func kerasLayers(for path: String) throws -> [Leaf] {
    guard let inputShape, [1, 3].contains(inputShape.rank) else {
      let found = inputShape.map { "an input of shape \($0)" } ?? "a model that was not built"
      throw ModelFileError(
        path: path, place: "model", problem: .unsupported(found: found, expected: "an input [C, H, W] or [features]"))
    }
    return try zip(children, [inputShape] + outputShapes).flatMap { child, inputShape -> [Leaf] in
      if let part = child.layer as? Sequential {
        return try part.kerasLayers(for: path).map { ("\(child.name).\($0.name)", $0.layer, $0.inputShape) }
      }
      guard let layer = child.layer as? any KerasLayer else {
        throw ModelFileError(
          path: path, place: "layer \"\(child.name)\"",
          problem: .unsupported(found: "\(type(of: child.layer))", expected: "a layer that Keras has"))
      }
      return [(child.name, layer, inputShape)]
    }
  }

  private func config(of layers: [Leaf], for path: String) throws -> JSON {
    let input = JSON(
      kerasObject: "InputLayer", of: "keras.layers",
      ["name": "input_layer", "batch_shape": JSON(kerasBatchOf: inputShape ?? [])])
    let objects = try layers.map { name, layer, _ in
      do throws(ModelFileError.Problem) {
        let options = try layer.kerasOptions().merging(["name": .string(name)]) { $1 }
        return JSON(kerasObject: layer.kerasClass, of: "keras.layers", options)
      } catch {
        throw ModelFileError(path: path, place: "layer \"\(name)\"", problem: error)
      }
    }
    return JSON(kerasObject: "Sequential", of: "keras", ["name": "sequential", "layers": .array([input] + objects)])
  }

  private func weights(of layers: [Leaf], for path: String) throws -> [UInt8] {
    let images = try FlattenedImage.beforeEach(of: layers.map { ($0.name, $0.layer, $0.inputShape) }, path: path)
    var keys = KerasKeys()
    let groups = zip(layers, images).map { leaf, image in
      KerasWeights.Group(
        key: keys.next(forClass: leaf.layer.kerasClass), name: leaf.name,
        variables: leaf.layer.kerasVariables(flattenedFrom: image).map { $0.value() })
    }
    return try KerasWeights.encode(groups, path: path)
  }
}
