import Serialization

/// How a layer of a `Functional` model is called: with the results of which layers, and with what else.
struct KerasCall {
  /// A result of a layer: the name of the layer, and which of its results it is.
  struct Source {
    let layer: String
    let index: Int
  }

  /// The results that the layer takes.
  private(set) var sources: [Source] = []
  /// Whether the call says `training=False`, whatever the model does.
  private(set) var isForInference = false
  /// An argument that would change what the layer does, as `name = value`.
  private(set) var foreignArgument: String?

  /// Reads a node: `{"args": [...], "kwargs": {...}}` in Keras 3, `[name, node, index, arguments]` or a list of these
  /// before.
  init(_ node: JSON) {
    if let arguments = node["args"]?.elements {
      for (position, argument) in arguments.enumerated() {
        add(argument, as: position == 0 ? nil : "argument \(position + 1)")
      }
      add(arguments: node["kwargs"])
    } else {
      addReferences(node)
    }
  }

  /// The results that the outputs of a model are.
  static func outputs(_ json: JSON) -> [Source] {
    if let source = reference(json) { return [source] }
    // Outputs may be named by an object.
    let parts = json.elements ?? json.members?.sorted { $0.key < $1.key }.map(\.value) ?? []
    return parts.flatMap { outputs($0) }
  }

  /// `[name, node, index]`, perhaps with more behind it.
  private static func reference(_ json: JSON) -> Source? {
    guard let parts = json.elements, parts.count >= 3, let name = parts[0].text, case .number(let index) = parts[2]
    else { return nil }
    return Source(layer: name, index: Int(exactly: index) ?? -1)
  }

  private mutating func addReferences(_ node: JSON) {
    if let source = Self.reference(node) {
      // Keras 2 writes a constant as a result of a layer of this name.
      if source.layer == "_CONSTANT_VALUE" {
        foreignArgument = "a constant"
        return
      }
      sources.append(source)
      add(arguments: (node.elements ?? []).dropFirst(3).first)
    } else if let parts = node.elements {
      for part in parts { addReferences(part) }
    } else {
      foreignArgument = "\(node)"
    }
  }

  private mutating func add(arguments: JSON?) {
    for (name, value) in (arguments?.members ?? [:]).sorted(by: { $0.key < $1.key }) { add(value, as: name) }
  }

  /// - Parameter name: of the argument; `nil` for the first, the inputs.
  private mutating func add(_ argument: JSON, as name: String?) {
    if let history = argument["keras_history"] ?? argument["config"]?["keras_history"],
      let source = Self.reference(history), name == nil || name == "inputs" || name == "x"
    {
      sources.append(source)
    } else if name == nil, let parts = argument.elements {
      for part in parts { add(part, as: nil) }
    } else if name == "training", argument == false {
      isForInference = true
    } else if argument != .null || name == nil {
      foreignArgument = "\(name ?? "input") = \(argument)"
    }
  }
}
