import Serialization

/// The layers of a `Sequential` or `Functional` model, in the order of their work.
struct KerasChain {
  /// The models that can be chains.
  static let classes: Set<String> = ["Sequential", "Functional", "Model"]

  /// The descriptions of the layers, `InputLayer` among them.
  let layers: [JSON]
  /// The shape of a batch, as Keras writes it.
  let inputShape: JSON?

  /// Reads the description of a model.
  ///
  /// - Throws: the problem if it is of another class, or if its layers branch.
  init(of model: JSON) throws(ModelFileError.Problem) {
    guard let kind = model["class_name"]?.text else { throw .damaged("it describes no model") }
    guard Self.classes.contains(kind), KerasDescription.isFromKeras(model) else {
      throw .unsupported(found: "a model of class \(kind)", expected: "Sequential or Functional")
    }
    // The first tf.keras versions listed the layers without a name of the model.
    let config = model["config"]
    guard let layers = config?["layers"]?.elements ?? config?.elements else { throw .damaged("it lists no layers") }
    self.layers = layers
    let inputs = layers.filter { $0["class_name"] == "InputLayer" }
    guard inputs.count <= 1 else { throw .unsupported(found: "\(inputs.count) inputs", expected: "one") }
    let first = inputs.first ?? layers.first
    inputShape =
      first?["config"]?["batch_shape"] ?? first?["config"]?["batch_input_shape"]
      ?? config?["build_input_shape"] ?? model["build_config"]?["input_shape"]
    if kind != "Sequential" {
      try requireChain(outputs: config?["output_layers"])
    } else if let input = layers.firstIndex(where: { $0["class_name"] == "InputLayer" }), input != 0 {
      throw .damaged("an InputLayer stands behind another layer")
    }
  }

  /// Checks that each layer takes what the one before it gives, and that the last one gives the result.
  private func requireChain(outputs: JSON?) throws(ModelFileError.Problem) {
    var previous: String?
    for layer in layers {
      guard let name = (layer["name"] ?? layer["config"]?["name"])?.text else { throw .damaged("a layer has no name") }
      let nodes = layer["inbound_nodes"]?.elements ?? []
      let sources = nodes.flatMap { Self.sources(of: $0) }
      guard nodes.count <= 1, sources == (previous.map { [$0] } ?? []) else {
        throw .unsupported(
          found: "layer \"\(name)\" with inputs \(sources)", expected: "layers each of which takes the one before it")
      }
      previous = name
    }
    let result = outputs.flatMap { Self.firstText(in: $0) }
    guard result == nil || result == previous else {
      throw .unsupported(found: "an output of layer \(result ?? "")", expected: "one of the last layer")
    }
  }

  /// The names of the layers whose results a node takes: `keras_history` in Keras 3, lists `[name, 0, 0, {}]` before.
  private static func sources(of node: JSON) -> [String] {
    if let history = node["keras_history"]?.elements ?? node["config"]?["keras_history"]?.elements {
      return [history.first?.text ?? ""]
    }
    if let elements = node.elements {
      if let name = elements.first?.text { return [name] }
      return elements.flatMap { sources(of: $0) }
    }
    // Anything else in the arguments, such as a constant, is an input too.
    guard let arguments = node["args"]?.elements else { return ["\(node)"] }
    return arguments.flatMap { sources(of: $0) }
  }

  private static func firstText(in json: JSON) -> String? {
    json.text ?? json.elements?.first.flatMap { firstText(in: $0) }
  }
}
