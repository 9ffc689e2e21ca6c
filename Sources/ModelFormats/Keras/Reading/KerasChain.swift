import Serialization

/// The layers of a `Sequential` or `Functional` model, in the order of their work.
struct KerasChain {
  /// The models that can be chains.
  static let classes: Set<String> = ["Sequential", "Functional", "Model"]

  /// A layer, or a model inside the model.
  struct Link {
    let description: JSON
    /// Whether the layer is called with `training=False`, whatever the model does.
    let isForInference: Bool
  }

  /// The layers, `InputLayer` among them.
  let links: [Link]
  /// The shape of a batch, as Keras writes it.
  let inputShape: JSON?
  /// Whether the layers may be trained.
  let isTrainable: Bool

  /// Reads the description of a model.
  ///
  /// - Throws: the problem if it is of another class, or if its layers branch.
  init(of model: JSON) throws(ModelFileError.Problem) {
    guard let kind = model["class_name"]?.text else { throw .damaged("it describes no model") }
    if let foreign = model.foreignClass {
      throw .unsupported(found: "\(foreign)", expected: "a Sequential or Functional model of Keras")
    }
    guard Self.classes.contains(kind) else {
      throw .unsupported(found: "a model of class \(kind)", expected: "a Sequential or Functional model of Keras")
    }
    // The first tf.keras versions listed the layers without a name of the model.
    let config = model["config"]
    guard let layers = config?["layers"]?.elements ?? config?.elements else { throw .damaged("it lists no layers") }
    for (key, value) in (config?.members ?? [:]).sorted(by: { $0.key < $1.key })
    where KerasTables.model[key] == nil && value != .null && value != false {
      throw .unsupported(found: "a model with \(key) = \(value)", expected: "a model without it")
    }
    isTrainable = config?["trainable"] != false
    let inputs = layers.filter { $0["class_name"] == "InputLayer" }
    guard inputs.count <= 1 else { throw .unsupported(found: "\(inputs.count) inputs", expected: "one") }
    if let input = inputs.first { try Self.checkInput(input) }
    let first = inputs.first ?? layers.first
    inputShape =
      first?["config"]?["batch_shape"] ?? first?["config"]?["batch_input_shape"]
      ?? config?["build_input_shape"] ?? model["build_config"]?["input_shape"]
    if kind != "Sequential" {
      links = try Self.chain(layers, outputs: config?["output_layers"])
    } else {
      if let input = layers.firstIndex(where: { $0["class_name"] == "InputLayer" }), input != 0 {
        throw .damaged("an InputLayer stands behind another layer")
      }
      links = layers.map { Link(description: $0, isForInference: false) }
    }
  }

  /// Checks the options of an `InputLayer`.
  private static func checkInput(_ layer: JSON) throws(ModelFileError.Problem) {
    var options = KerasOptions(of: layer, KerasTables.inputLayer, for: .prediction)
    if let foreign = layer.foreignClass { throw .unsupported(found: foreign, expected: "an InputLayer of Keras") }
    for key in ["batch_shape", "batch_input_shape"] { _ = options.take(key) }
    // Bytes and other integers are the same numbers as `Float`.
    if let type = options.take("dtype"), type != .null {
      let name = type["config"]?["name"] ?? type
      let integers: [JSON] = ["uint8", "uint16", "int8", "int16", "int32", "int64"]
      guard name == "float32" || name == "float64" || integers.contains(name) else {
        throw .unsupported(found: "inputs of type \(name)", expected: "float32, float64 or integers")
      }
    }
    _ = try options.finish()
  }

  /// Checks that each layer takes what the one before it gives, and that the last one gives the only result.
  private static func chain(_ layers: [JSON], outputs: JSON?) throws(ModelFileError.Problem) -> [Link] {
    var links: [Link] = []
    var previous: String?
    for layer in layers {
      guard let name = (layer["name"] ?? layer["config"]?["name"])?.text else { throw .damaged("a layer has no name") }
      let calls = (layer["inbound_nodes"]?.elements ?? []).map { KerasCall($0) }
      if let argument = calls.lazy.compactMap(\.foreignArgument).first {
        throw .unsupported(
          found: "layer \"\(name)\" called with \(argument)",
          expected: "a call with the input alone")
      }
      let sources = calls.flatMap(\.sources)
      guard calls.count <= 1, sources.map(\.layer).equalsExactly(previous.map { [$0] } ?? []) else {
        throw .unsupported(
          found: "layer \"\(name)\" with inputs \(sources.map(\.layer))",
          expected: "layers each of which takes the one before it")
      }
      guard sources.allSatisfy({ $0.index == 0 }) else {
        throw .unsupported(found: "layer \"\(name)\" that takes a second result of a layer", expected: "its first")
      }
      links.append(Link(description: layer, isForInference: calls.contains(where: \.isForInference)))
      previous = name
    }
    let results = outputs.map { KerasCall.outputs($0) } ?? []
    guard results.count <= 1 else {
      throw .unsupported(found: "\(results.count) outputs, \(results.map(\.layer))", expected: "one")
    }
    if let result = results.first, ![result.layer].equalsExactly(previous.map { [$0] } ?? []) || result.index != 0 {
      throw .unsupported(found: "an output of layer \"\(result.layer)\"", expected: "one of the last layer")
    }
    return links
  }
}
