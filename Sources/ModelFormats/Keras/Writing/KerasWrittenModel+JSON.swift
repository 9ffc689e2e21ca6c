import Autograd
import NN
import Serialization
import Tensor

extension KerasWrittenModel {
  /// The object that describes the model.
  ///
  /// - Parameter isRepeated: whether it is called for each time of a sequence, where its only output is no list.
  /// - Throws: ``ModelFileError`` naming the layer with an option that Keras lacks.
  func json(path: String, isRepeated: Bool = false) throws -> JSON {
    let inputs = inputNames.indices.map { index in
      JSON(
        kerasObject: "InputLayer", of: "keras.layers",
        ["name": .string(inputNames[index]), "batch_shape": batchShape(ofInput: index)])
    }
    let layers = try self.layers.map { try json(of: $0, path: path) }
    guard !isSequential else {
      return JSON(
        kerasObject: "Sequential", of: "keras",
        frozen.merging(["name": .string(name), "layers": .array(inputs + layers)]) { $1 })
    }
    let types = valueTypes
    let ends: [JSON] = inputNames.map { [.string($0), 0, 0] }
    var nodes = [[JSON]](repeating: [], count: layers.count)
    for call in calls { nodes[call.layer].append(node(call, types)) }
    let listed =
      zip(inputs, inputNames).map { Self.listed($0, $1, []) }
      + layers.indices.map { Self.listed(layers[$0], self.layers[$0].name, nodes[$0]) }
    return [
      "module": "keras.src.models.functional", "class_name": "Functional", "registered_name": "Functional",
      "config": JSON(
        members: [
          "name": .string(name), "trainable": .bool(frozen.isEmpty), "layers": .array(listed),
          "input_layers": .array(ends),
          "output_layers": isRepeated ? reference(outputs[0]) : .array(outputs.map { reference($0) }),
        ]),
    ]
  }

  /// That the model is frozen as a whole; nothing where it is not.
  private var frozen: [String: JSON] {
    Self.isFrozen(model.parameters) ? ["trainable": false] : [:]
  }

  /// Whether there are parameters and none of them is trained.
  private static func isFrozen(_ parameters: [Parameter]) -> Bool {
    !parameters.isEmpty && parameters.allSatisfy { !$0.isTrainable }
  }

  private func batchShape(ofInput index: Int) -> JSON {
    let shape = inputShapes[index]
    return model.kerasOrigin?.batchShape(ofInput: index, for: shape) ?? JSON(kerasBatchOf: shape)
  }

  private static func listed(_ object: JSON, _ name: String, _ nodes: [JSON]) -> JSON {
    JSON(members: (object.members ?? [:]).merging(["name": .string(name), "inbound_nodes": .array(nodes)]) { $1 })
  }

  /// `[name, node, index]`.
  private func reference(_ source: Source) -> JSON {
    switch source {
    case .input(let index): [.string(inputNames[index]), 0, 0]
    case .call(let number, let output):
      [
        .string(layers[calls[number].layer].name),
        JSON(calls[..<number].count { $0.layer == calls[number].layer }), JSON(output),
      ]
    }
  }

  /// The shape of a batch of each value in Keras.
  private var valueTypes: [Source: JSON] {
    var types: [Source: JSON] = [:]
    for index in inputNames.indices { types[.input(index)] = batchShape(ofInput: index) }
    for (number, call) in calls.enumerated() {
      for (index, shape) in call.outputShapes.enumerated() {
        types[.call(number, output: index)] = JSON(kerasBatchOf: shape)
      }
    }
    return types
  }

  private func node(_ call: Call, _ types: [Source: JSON]) -> JSON {
    let tensors = call.sources.map { source -> JSON in
      [
        "class_name": "__keras_tensor__",
        "config": ["shape": types[source] ?? .null, "dtype": "float32", "keras_history": reference(source)],
      ]
    }
    var arguments: [String: JSON] = [:]
    var inputs: [JSON] = tensors.count == 1 ? tensors : [.array(tensors)]
    if case .leaf(let leaf) = layers[call.layer].content {
      arguments = leaf.form.callArguments
      if leaf.form.takesStates, tensors.count > 1 {
        inputs = [tensors[0]]
        arguments["initial_state"] = .array(Array(tensors.dropFirst()))
      } else {
        inputs = leaf.form.callInputs(tensors, inputShapes: leaf.inputShapes)
      }
    }
    if let training = call.training { arguments["training"] = .bool(training) }
    var node: [String: JSON] = ["args": .array(inputs), "kwargs": JSON(members: arguments)]
    if let training = call.training { node[KerasCall.ownTraining] = .bool(training) }
    return JSON(members: node)
  }

  private func json(of layer: Layer, path: String) throws -> JSON {
    switch layer.content {
    case .model(let model, ofEachTime: false): return try model.json(path: path)
    case .model(let model, ofEachTime: true):
      return JSON(
        kerasObject: "TimeDistributed", of: "keras.layers",
        ["name": .string(layer.name), "layer": try model.json(path: path, isRepeated: true)])
    case .leaf(let leaf):
      do throws(ModelFileError.Problem) {
        if let refusal = leaf.origin?.refusal {
          throw .unsupported(found: refusal, expected: "what a model of Keras can say")
        }
        let kept = (leaf.origin?.kept ?? [:]).map { ($0, Self.readable($0, $1.value)) }
        var options = try leaf.form.options(inputShapes: leaf.inputShapes).merging(kept) { $1 }
        for (key, value) in options.sorted(by: { $0.key < $1.key }) where value.holdsNonFinite {
          throw .unsupported(found: "\(key) = \(value)", expected: "a finite number")
        }
        if !leaf.layer.isTrainable || Self.isFrozen(leaf.layer.parameters) { options["trainable"] = false }
        // Before Keras 3.12, an operation with options of its own knows no such option. Its node has the name.
        if !(leaf.layer is any KerasOperationLayer) || options.isEmpty { options["name"] = .string(layer.name) }
        return leaf.form.json(options)
      } catch {
        throw ModelFileError(path: path, place: "layer \"\(layer.place)\"", problem: error)
      }
    }
  }

  /// An option of another file, as every version of Keras reads it.
  private static func readable(_ key: String, _ value: JSON) -> JSON {
    let modules = ["initializer": "keras.initializers", "regularizer": "keras.regularizers"]
    let kind = key.split(separator: "_").last.map(String.init) ?? ""
    return value.readableByEveryKeras(module: modules[kind] ?? "keras.constraints")
  }
}
