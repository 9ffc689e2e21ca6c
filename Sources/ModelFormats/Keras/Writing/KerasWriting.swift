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
    /// Where the layer comes from, for a model that was read.
    var origin: KerasOrigin.Layer?
    /// The name in the Keras file.
    var kerasName: String { origin?.name ?? name }
    /// Where its variables stand: see ``KerasKeys``.
    var folder = ""
  }

  private let model: Sequential
  private let path: String
  private let leaves: [Leaf]

  /// Lists the layers of a model.
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
    let origins = model.kerasOrigin?.layers
    return try zip(model.children, [inputShape] + model.layerOutputShapes).enumerated().flatMap {
      index, place -> [Leaf] in
      let (child, inputShape) = place
      if let part = child.layer as? Sequential {
        return try leaves(of: part, path: path).map { leaf in
          Leaf(name: "\(child.name).\(leaf.name)", layer: leaf.layer, inputShape: leaf.inputShape, origin: leaf.origin)
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
      let leaf = Leaf(name: child.name, layer: layer, inputShape: inputShape, origin: origins?[index])
      return [before, leaf].compactMap(\.self)
    }
  }

  /// The content of `config.json`.
  ///
  /// - Throws: ``ModelFileError`` naming the layer with an option that Keras lacks.
  func config() throws -> [String: JSON] {
    let inputShape = model.inputShape ?? []
    let input = JSON(
      kerasObject: "InputLayer", of: "keras.layers",
      [
        "name": "input_layer",
        "batch_shape": model.kerasOrigin?.batchShape(for: inputShape) ?? JSON(kerasBatchOf: inputShape),
      ])
    let names = leaves.map(\.kerasName)
    // Names of a file that Keras would not take again: read into a larger model twice, or written by Keras 2.
    let areValid =
      Set((names + ["input_layer"]).map(ExactText.init)).count == names.count + 1
      && !names.contains { $0.contains("/") }
    let objects = try leaves.map { leaf in
      try reporting(leaf) { () throws(ModelFileError.Problem) in
        if let refusal = leaf.origin?.refusal {
          throw .unsupported(found: refusal, expected: "what a Sequential model of Keras can say")
        }
        let kept = (leaf.origin?.kept ?? [:]).map { ($0, Self.readable($0, $1.value)) }
        let options = try leaf.layer.kerasOptions(inputShapes: [leaf.inputShape]).merging(kept) { $1 }
        for (key, value) in options.sorted(by: { $0.key < $1.key }) where value.holdsNonFinite {
          throw .unsupported(found: "\(key) = \(value)", expected: "a finite number")
        }
        let name = areValid ? leaf.kerasName : leaf.name
        return JSON(
          kerasObject: leaf.layer.kerasClass, of: "keras.layers", options.merging(["name": .string(name)]) { $1 })
      }
    }
    let layers = [input] + objects
    let config =
      leaves.contains { $0.origin?.isForInference == true }
      ? functional(layers)
      : JSON(kerasObject: "Sequential", of: "keras", ["name": "sequential", "layers": .array(layers)])
    return config.members ?? [:]
  }

  /// A model of class `Functional`, which unlike `Sequential` says how each layer is called.
  private func functional(_ layers: [JSON]) -> JSON {
    var previous: JSON?
    var nodes: [JSON] = []
    for (layer, leaf) in zip(layers, [Leaf?.none] + leaves) {
      let name = layer["config"]?["name"] ?? ""
      var call: [JSON] = []
      if let previous {
        let shape = JSON(kerasBatchOf: leaf?.inputShape ?? [])
        let tensor: JSON = [
          "class_name": "__keras_tensor__",
          "config": ["shape": shape, "dtype": "float32", "keras_history": [previous, 0, 0]],
        ]
        let arguments: JSON = leaf?.origin?.isForInference == true ? ["training": false] : [:]
        call = [["args": [tensor], "kwargs": arguments]]
      }
      let members = (layer.members ?? [:]).merging(["name": name, "inbound_nodes": .array(call)]) { $1 }
      nodes.append(JSON(members: members))
      previous = name
    }
    let ends = [nodes.first, nodes.last].map { node -> JSON in [node?["name"] ?? "", 0, 0] }
    return [
      "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
      "config": [
        "name": "functional", "trainable": true, "layers": .array(nodes), "input_layers": ends[0],
        "output_layers": ends[1],
      ],
    ]
  }

  /// Throws for a layer that Keras trains differently than Kilim has: with an option that was read and not applied.
  func requireTrainedAsInKeras() throws {
    for leaf in leaves {
      guard let ignored = Self.ignoredInTraining(leaf) else { continue }
      try reporting(leaf) { () throws(ModelFileError.Problem) in
        throw .unsupported(
          found: "\(ignored) of the file that the model was read from, which Kilim does not apply in training,",
          expected: "a model saved without its training")
      }
    }
  }

  /// What a layer has from a file of Keras and Kilim does not do in training; `nil` for nothing.
  private static func ignoredInTraining(_ leaf: Leaf) -> String? {
    if TrainingOnlyLayer.classes.contains(leaf.layer.kerasClass) { return "the layer \(leaf.layer.kerasClass)" }
    guard let origin = leaf.origin else { return nil }
    if origin.isForInference { return "a call with training = false" }
    return origin.kept.filter(\.value.changesTraining).min { $0.key < $1.key }.map { "\($0.key) = \($0.value.value)" }
  }

  /// An option of another file, as every version of Keras reads it.
  private static func readable(_ key: String, _ value: JSON) -> JSON {
    let modules = ["initializer": "keras.initializers", "regularizer": "keras.regularizers"]
    let kind = key.split(separator: "_").last.map(String.init) ?? ""
    return value.readableByEveryKeras(module: modules[kind] ?? "keras.constraints")
  }

  private func reporting<Result>(
    _ leaf: Leaf, _ body: () throws(ModelFileError.Problem) -> Result
  ) throws -> Result {
    do throws(ModelFileError.Problem) {
      return try body()
    } catch {
      throw ModelFileError(path: path, place: "layer \"\(leaf.name)\"", problem: error)
    }
  }

  /// The variables of a layer, and where they stand.
  typealias Group = (folder: String, name: String, variables: [KerasVariable])

  /// The variables of each layer, and where they stand.
  func groups() throws -> [Group] {
    let images = try FlattenedImage.beforeEach(of: leaves.map { ($0.name, $0.layer, $0.inputShape) }, path: path)
    return zip(leaves, images).map { leaf, image in
      (leaf.folder, leaf.kerasName, leaf.layer.kerasVariables(flattenedFrom: image))
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
