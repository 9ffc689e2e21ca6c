import NN
import Serialization
import Tensor

/// A model as Keras's layers, with what is written of it.
struct KerasWriting {
  private let model: KerasWrittenModel
  private let path: String

  /// Lists the layers of a model.
  ///
  /// - Parameter path: the file it shall be written to, named by errors.
  /// - Throws: ``ModelFileError`` naming the layer that Keras lacks.
  init(_ model: Model, path: String) throws {
    self.path = path
    let shapes = model.inputShapes
    guard !shapes.isEmpty, shapes.allSatisfy({ (1...4).contains($0.rank) }) else {
      let found = shapes.isEmpty ? "a model that was not built" : "an input of shape \(shapes[0])"
      throw ModelFileError(
        path: path, place: "model",
        problem: .unsupported(found: found, expected: "inputs [C, H, W], [T, F] or [features]"))
    }
    var seen: [ObjectIdentifier: String] = [:]
    let name = model is Sequential ? "sequential" : "functional"
    self.model = try KerasWrittenModel(
      model, name: name, place: "", path: path, joinedMasks: KerasWrittenModel.joinedMasks(in: model), seen: &seen)
  }

  /// The content of `config.json`.
  ///
  /// - Throws: ``ModelFileError`` naming the layer with an option that Keras lacks.
  func config() throws -> [String: JSON] { try model.json(path: path).members ?? [:] }

  /// Throws for a layer that Keras trains differently than Kilim has: with an option that was read and not applied.
  func requireTrainedAsInKeras() throws {
    if let place = model.callForInference {
      throw ModelFileError(
        path: path, place: "layer \"\(place)\"",
        problem: .unsupported(
          found: "a call with training = false, which Keras ignores in fit,", expected: "a frozen layer"))
    }
    for (layer, leaf) in model.leaves {
      guard let ignored = Self.ignoredInTraining(leaf) else { continue }
      throw ModelFileError(
        path: path, place: "layer \"\(layer.place)\"",
        problem: .unsupported(found: ignored, expected: "a model saved without its training"))
    }
  }

  /// What a layer has from a file of Keras and Kilim does not do in training, or the other way round; `nil` for nothing.
  private static func ignoredInTraining(_ leaf: KerasWrittenModel.Leaf) -> String? {
    let note = "of the file that the model was read from, which Kilim does not apply in training,"
    if TrainingOnlyLayer.classes.contains(leaf.form.kerasClass) { return "the layer \(leaf.form.kerasClass) \(note)" }
    if !leaf.layer.isTrainable, leaf.layer.parameters.contains(where: \.isTrainable) {
      return "a layer of which some parameters are trained and others are frozen"
    }
    let changes = leaf.origin?.kept.filter(\.value.changesTraining).min { $0.key < $1.key }
    return changes.map { "\($0.key) = \($0.value.value) \(note)" }
  }

  /// The variables of a layer, and where they stand.
  struct Group {
    let folder: String
    /// The names of the models that the layer stands in, and its own, in the file.
    let names: [String]
    let variables: [KerasVariable]
    /// The shapes that the variables have in the file.
    let shapes: [Shape]
    /// The folders within that of the layer.
    let parts: [KerasVariableFolder]

    var name: String { names.last ?? "" }
  }

  /// The variables of each layer, and where they stand.
  ///
  /// - Parameter asRead: whether they stand as in the file that the model was read from, in place of the one to write.
  func groups(asRead: Bool = false) throws -> [Group] {
    var images: [ObjectIdentifier: FlattenedImage] = [:]
    let outputs = try model.trace([FlattenedImage?](repeating: nil, count: model.inputNames.count), &images, path: path)
    for (source, image) in zip(model.outputs, outputs) where image != nil {
      throw ModelFileError(
        path: path, place: "layer \"\(model.flattening(behind: source) ?? "")\"",
        problem: .unsupported(
          found: "a flattened image as output", expected: "a Dense layer behind it, or Flatten(order: .channelsLast)"))
    }
    return model.groups(folder: "", names: [], images: images, asRead: asRead)
  }

  /// All variables in Keras's order.
  func variables() throws -> [KerasVariable] { try groups().flatMap(\.variables) }

  /// The values of all variables.
  func weights() throws -> [KerasWeights.Group] {
    try groups().flatMap { group in
      var rest = group.variables[...]
      return group.parts.map { part in
        defer { rest = rest.dropFirst(part.count) }
        return KerasWeights.Group(
          folder: part.folder(ofLayer: group.folder), name: group.name,
          variables: rest.prefix(part.count).map(\.value))
      }
    }
  }
}

extension KerasWrittenModel {
  /// All layers without layers of their own.
  fileprivate var leaves: [(layer: Layer, leaf: Leaf)] {
    layers.flatMap { layer in
      switch layer.content {
      case .leaf(let leaf): [(layer, leaf)]
      case .model(let model, _): model.leaves
      }
    }
  }

  /// The name of a layer that is called with `training = false`; `nil` for none.
  fileprivate var callForInference: String? {
    if let call = calls.first(where: { $0.training == false }) { return layers[call.layer].place }
    return layers.lazy.compactMap { if case .model(let model, _) = $0.content { model.callForInference } else { nil } }
      .first
  }

  /// Follows the order of features through the graph.
  ///
  /// - Parameters:
  ///   - inputs: the order of those of each input.
  ///   - images: the order that each layer gets, where it is not the usual one.
  /// - Returns: the order of each output.
  /// - Throws: ``ModelFileError`` for a layer that cannot take its order.
  fileprivate func trace(
    _ inputs: [FlattenedImage?], _ images: inout [ObjectIdentifier: FlattenedImage], path: String
  ) throws -> [FlattenedImage?] {
    var values: [Source: FlattenedImage] = [:]
    for (index, image) in inputs.enumerated() { values[.input(index)] = image }
    var seen: [Int: [FlattenedImage?]] = [:]
    for (number, call) in calls.enumerated() {
      let layer = layers[call.layer]
      let taken = call.sources.map { values[$0] }
      func error(_ problem: ModelFileError.Problem) -> ModelFileError {
        ModelFileError(path: path, place: "layer \"\(layer.place)\"", problem: problem)
      }
      switch layer.content {
      case .model(let model, ofEachTime: true):
        let outputs = try model.trace([nil], &images, path: path)
        guard outputs == [nil], taken == [nil] else {
          throw error(
            .unsupported(
              found: "a Flatten of images in the order of [C, H, W] inside TimeDistributed",
              expected: "Flatten(order: .channelsLast) for Keras"))
        }
      case .model(let model, ofEachTime: false):
        for (index, image) in try model.trace(taken, &images, path: path).enumerated() {
          values[.call(number, output: index)] = image
        }
      case .leaf(let leaf):
        let hasVariables = !leaf.layer.parameters.isEmpty || !leaf.layer.namedBuffers.isEmpty
        let id = ObjectIdentifier(leaf.layer)
        if let before = seen[call.layer] ?? (images[id].map { [$0] }), hasVariables, before != taken {
          throw error(FlattenedImage.differentOrders)
        }
        seen[call.layer] = taken
        images[id] = taken[0]
        do throws(ModelFileError.Problem) {
          values[.call(number, output: 0)] = try leaf.form.flattenedImage(
            merging: taken, inputShapes: leaf.inputShapes)
        } catch let problem {
          throw error(problem)
        }
      }
    }
    return outputs.map { values[$0] }
  }

  /// The name of the layer that flattens an image on the way to a value.
  fileprivate func flattening(behind source: Source) -> String? {
    var pending = [source]
    var seen: Set<Source> = []
    while let source = pending.popLast() {
      guard case .call(let number, _) = source, seen.insert(source).inserted else { continue }
      let layer = layers[calls[number].layer]
      switch layer.content {
      case .leaf(let leaf) where leaf.layer is Flatten: return layer.place
      case .leaf: pending += calls[number].sources
      case .model(let model, _):
        return model.outputs.lazy.compactMap { model.flattening(behind: $0) }.first ?? layer.place
      }
    }
    return nil
  }

  fileprivate func groups(
    folder: String, names: [String], images: [ObjectIdentifier: FlattenedImage], asRead: Bool
  ) -> [KerasWriting.Group] {
    layers.flatMap { layer -> [KerasWriting.Group] in
      let own = "\(folder)layers/\(asRead ? layer.originKey ?? layer.key : layer.key)/"
      switch layer.content {
      case .model(let model, let isOfEachTime):
        let own = isOfEachTime ? own + "layer/" : own
        return model.groups(folder: own, names: names + [layer.name], images: images, asRead: asRead)
      case .leaf(let leaf):
        let variables = leaf.form.variables(flattenedFrom: images[ObjectIdentifier(leaf.layer)])
        let shapes = variables.map(\.value.shape)
        return [
          KerasWriting.Group(
            folder: own + "vars", names: names + [layer.name], variables: variables,
            shapes: asRead ? leaf.origin?.shapes ?? shapes : shapes,
            parts: leaf.form.folders(inputShapes: leaf.inputShapes))
        ]
      }
    }
  }
}
