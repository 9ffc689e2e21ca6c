import Serialization

/// How a layer of a `Functional` model is called: with the results of which layers, and with what else.
struct KerasCall {
  /// A result of a layer.
  struct Source {
    /// The name of the layer.
    let layer: String
    /// Which of the calls of the layer it is.
    let node: Int
    /// Which of the results of the call it is.
    let index: Int
  }

  /// The results that the layer takes, in the order in which Keras follows them.
  private(set) var sources: [Source] = []
  /// The place of each of the sources among the inputs of the layer; ``noPlace`` for one that is no input.
  private var places: [Int] = []
  /// The numbers of the sources that are arguments such as `mask`.
  private(set) var masks: [String: Int] = [:]
  /// Whether the call trains, whatever the model does; `nil` where it does as the model.
  ///
  /// Keras 3 writes `training=False` for each `Dropout`, and ignores the argument: `fit`, `evaluate` and `predict` say
  /// it again for all layers. Only Keras 2 obeys it, and Kilim, which writes it beside the arguments.
  private(set) var training: Bool?
  /// For a call of an operation: the constant that each operand is, `nil` for a result of a layer; see ``KerasOperation``.
  private(set) var operands: [JSON?] = []
  /// Other arguments that are no results of layers, such as `use_causal_mask`.
  private(set) var arguments: [String: JSON] = [:]
  /// For a call of an operation: whether a number among them is of floating point, as `128.0` is.
  private(set) var holdsFractions = false
  /// An argument that cannot be read, as `name = value`.
  private(set) var foreignArgument: String?
  /// Whether the node is written as Keras 2 does: `[name, node, index, arguments]`.
  private(set) var isList = false

  /// What Kilim calls the argument that Keras 3 ignores.
  static let ownTraining = "kilim_training"

  private static let noPlace = Int.max
  /// Those of a list of masks have a number.
  private static let maskNames: Set<String> = [
    "mask", "query_mask", "value_mask", "key_mask", "mask 1", "mask 2", "mask 3",
  ]

  /// The inputs of layers by the names of their arguments.
  private static let inputPlaces = [
    "inputs": 0, "x": 0, "sequences": 0, "initial_state": 1, "query": 0, "value": 1, "key": 2,
  ]

  /// Reads a node: `{"args": [...], "kwargs": {...}}` in Keras 3, `[name, node, index, arguments]` or a list of these
  /// before.
  init(_ node: JSON) {
    if let arguments = node["args"]?.elements {
      for (position, argument) in arguments.enumerated() { add(argument, as: "argument \(position + 1)", position) }
      add(arguments: node["kwargs"])
      if case .bool(let value) = node[Self.ownTraining] { training = value }
    } else {
      isList = true
      addReferences(node)
    }
  }

  /// Reads the call of an operation, whose operands may be constants: `{"args": [x, 127.5]}` in Keras 3,
  /// `[name, node, index, {"y": 127.5}]` in tf.keras, where a constant in the first place is a result of the layer
  /// `_CONSTANT_VALUE`.
  ///
  /// - Parameter node: with the points behind whole numbers that the file has.
  init(operation node: JSON) {
    var named = node["kwargs"]
    if let arguments = node["args"]?.elements {
      for argument in arguments { addOperand(argument) }
    } else {
      isList = true
      // `concat` and `stack` take a list of values, which all name the arguments.
      let isListOfValues = node.elements?.first?.elements != nil
      for value in isListOfValues ? node.elements ?? [] : [node] {
        if Self.isConstant(value) { operands.append(value.elements?[2]) } else { addOperand(value) }
      }
      named = (isListOfValues ? node.elements?.first : node)?.elements?.dropFirst(3).first
    }
    for (name, value) in named?.members?.sorted(by: { $0.key < $1.key }) ?? [] {
      if name == "name" { continue }
      if ["y", "x2", "b", "bias"].contains(name), name != "b" || isList {
        addOperand(value)
      } else {
        arguments[name] = value
      }
    }
    holdsFractions = (operands.compactMap { $0 } + arguments.values).contains(where: \.holdsFractions)
    operands = operands.map { $0?.withoutPoints }
    arguments = arguments.mapValues(\.withoutPoints)
  }

  /// A constant, which tf.keras writes as a result of a layer of this name.
  private static func isConstant(_ node: JSON) -> Bool {
    node.elements?.first == "_CONSTANT_VALUE" && node.elements?.count ?? 0 >= 3
  }

  private mutating func addOperand(_ operand: JSON) {
    // `stack` and `concatenate` take a list of values.
    if !isList, let parts = operand.elements, !parts.isEmpty,
      parts.allSatisfy({ $0["config"]?["keras_history"] != nil })
    {
      for part in parts { addOperand(part) }
      return
    }
    let history = operand["keras_history"] ?? operand["config"]?["keras_history"]
    guard let source = history.flatMap({ Self.reference($0) }) ?? (isList ? Self.reference(operand) : nil) else {
      return operands.append(operand)
    }
    places.append(operands.count)
    sources.append(source)
    operands.append(nil)
  }

  /// The sources in the order of the layer's inputs, by their numbers.
  var inputOrder: [Int] {
    sources.indices.filter { places[$0] != Self.noPlace }.sorted { (places[$0], $0) < (places[$1], $1) }
  }

  /// The results that the inputs or outputs of a model are.
  static func ends(_ json: JSON) -> [Source] {
    if let source = reference(json) { return [source] }
    // They may be named by an object.
    let parts = json.elements ?? json.members?.sorted { $0.key < $1.key }.map(\.value) ?? []
    return parts.flatMap { ends($0) }
  }

  /// `[name, node, index]`, perhaps with more behind it.
  private static func reference(_ json: JSON) -> Source? {
    guard let parts = json.elements, parts.count >= 3, let name = parts[0].text, case .number(let node) = parts[1],
      case .number(let index) = parts[2]
    else { return nil }
    return Source(layer: name, node: Int(exactly: node) ?? -1, index: Int(exactly: index) ?? -1)
  }

  private mutating func addReferences(_ node: JSON) {
    if let source = Self.reference(node) {
      // Keras 2 writes a constant as a result of a layer of this name.
      if source.layer == "_CONSTANT_VALUE" {
        foreignArgument = "a constant"
        return
      }
      sources.append(source)
      places.append(0)
      add(arguments: (node.elements ?? []).dropFirst(3).first)
    } else if let parts = node.elements {
      for part in parts { addReferences(part) }
    } else {
      foreignArgument = "\(node)"
    }
  }

  private mutating func add(arguments: JSON?) {
    for (name, value) in (arguments?.members ?? [:]).sorted(by: { $0.key < $1.key }) {
      add(value, as: name, Self.inputPlaces[name])
    }
  }

  /// - Parameters:
  ///   - name: of the argument.
  ///   - place: its place among the inputs of the layer; `nil` for an argument that is no input.
  private mutating func add(_ argument: JSON, as name: String, _ place: Int?) {
    let history = argument["keras_history"] ?? argument["config"]?["keras_history"]
    // Keras 2 writes an argument as `[name, node, index]` too.
    if let source = history.flatMap(Self.reference) ?? (isList ? Self.reference(argument) : nil), let place {
      sources.append(source)
      places.append(place)
    } else if place == nil, Self.maskNames.contains(name), let history = argument["config"]?["keras_history"],
      let source = Self.reference(history)
    {
      masks[name] = sources.count
      sources.append(source)
      places.append(Self.noPlace)
    } else if place == nil, name == "mask", let parts = argument.elements {
      for (index, part) in parts.enumerated() where part != .null { add(part, as: "mask \(index + 1)", nil) }
    } else if let parts = argument.elements, !parts.isEmpty, let place {
      for part in parts { add(part, as: name, place) }
    } else if case .bool(let value) = argument, name == "training" {
      if isList { training = value }
    } else if argument == .null {
      return
    } else if place == nil, argument.members == nil, argument.elements == nil {
      arguments[name] = argument
    } else {
      foreignArgument = "\(name) = \(argument)"
    }
  }
}
