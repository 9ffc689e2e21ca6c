import Serialization
import Tensor

extension KerasGraph {
  /// Reads the description of a model.
  ///
  /// - Parameters:
  ///   - model: the object of class `Sequential` or `Functional`.
  ///   - names: of the models that it stands in, and its own; empty for the outermost.
  ///   - folder: where a `.keras` file keeps its variables.
  ///   - isTrainable: whether the models that it stands in are.
  /// - Throws: the problem if it is of another class, or if the graph does not hold together.
  init(of model: JSON, names: [String], folder: String, isTrainable: Bool) throws(ModelFileError.Problem) {
    guard names.count < Self.deepest else {
      throw .unsupported(found: "models \(names.count) deep", expected: "fewer than \(Self.deepest)")
    }
    guard let kind = model["class_name"]?.text else { throw .damaged("it describes no model") }
    if let foreign = model.foreignClass {
      throw .unsupported(found: "\(foreign)", expected: "a Sequential or Functional model of Keras")
    }
    guard Self.modelClasses.contains(kind) else {
      throw .unsupported(found: "a model of class \(kind)", expected: "a Sequential or Functional model of Keras")
    }
    // The first tf.keras versions listed the layers without a name of the model.
    let config = model["config"]
    guard let listed = config?["layers"]?.elements ?? config?.elements else { throw .damaged("it lists no layers") }
    guard listed.count <= Self.mostCalls else {
      throw .unsupported(found: "\(listed.count) layers", expected: "at most \(Self.mostCalls)")
    }
    for (key, value) in (config?.members ?? [:]).sorted(by: { $0.key < $1.key })
    where KerasTables.model[key] == nil && value != .null && value != false {
      throw .unsupported(found: "a model with \(key) = \(value)", expected: "a model without it")
    }
    let layers = try listed.enumerated().map { (index, json) throws(ModelFileError.Problem) in
      try Listed(json, index: index)
    }
    let links =
      kind == "Sequential" ? try Links(chain: layers, of: model) : try Links(graph: layers, config: config ?? .null)
    self.names = names
    inputs = links.inputs
    calls = links.calls
    outputs = links.outputs
    var keys = KerasKeys()
    var made: [Layer] = []
    for index in links.layers {
      let (layer, key) = (layers[index], keys.next(forClass: layers[index].folderClass))
      let content = try Self.content(
        layer, names: names + [layer.name], folder: "\(folder)layers/\(key)",
        isTrainable: isTrainable && config?["trainable"] != false)
      made.append(Layer(name: layer.name, key: key, content: content))
    }
    self.layers = made
    isKeras2 =
      layers.contains { $0.calls.contains(where: \.isList) }
      || made.contains { if case .model(let model, _) = $0.content { model.isKeras2 } else { false } }
    guard callCount <= Self.mostCalls else {
      throw .unsupported(found: "a model of more than \(Self.mostCalls) calls", expected: "fewer")
    }
  }

  private static func content(
    _ layer: Listed, names: [String], folder: String, isTrainable: Bool
  ) throws(ModelFileError.Problem) -> Content {
    if modelClasses.contains(layer.kind) {
      let graph = try KerasGraph(of: layer.written, names: names, folder: folder + "/", isTrainable: isTrainable)
      return .model(graph, ofEachTime: false)
    }
    if let model = try layer.modelOfEachTime {
      let isTrainable = isTrainable && layer.json["config"]?["trainable"] != false
      let graph = try KerasGraph(of: model, names: names, folder: folder + "/layer/", isTrainable: isTrainable)
      return .model(graph, ofEachTime: true)
    }
    let place = "layer \"\(names.joined(separator: "."))\""
    guard let options = layer.json["config"]?.members else { throw .damaged("\(place) has no options") }
    if let argument = layer.calls.lazy.compactMap(\.foreignArgument).first {
      throw .unsupported(
        found: "\(place) of class \(layer.kind) called with \(argument)", expected: "a call with the input alone")
    }
    let operation: KerasOperation?
    if KerasOperation.isOperation(layer.json) {
      guard layer.calls.count == 1 else {
        throw .unsupported(found: "\(place), an operation called \(layer.calls.count) times", expected: "one call")
      }
      operation = KerasOperation(layer.kind, options, layer.calls[0], holdsFractions: layer.holdsFractions)
    } else {
      operation = nil
    }
    let arguments = operation == nil ? layer.calls.first?.arguments ?? [:] : [:]
    guard operation != nil || layer.calls.allSatisfy({ $0.arguments == arguments }) else {
      throw .unsupported(found: "\(place) called with different arguments", expected: "the same in all calls")
    }
    return .layer(
      KerasDescription.Member(
        names: names, kerasClass: layer.kind, registeredName: layer.json["registered_name"]?.text,
        foreignClass: layer.json.foreignClass, options: options, arguments: arguments, operation: operation,
        folder: folder + "/vars",
        isTrainable: isTrainable && options["trainable"] != false))
  }

  /// A layer as the file lists it.
  fileprivate struct Listed {
    let json: JSON
    /// The same with points behind whole numbers, as the file has them.
    let written: JSON
    let kind: String
    /// The class that the file names, which the folder of the variables is called by.
    let folderClass: String
    let name: String
    let calls: [KerasCall]

    init(_ written: JSON, index: Int) throws(ModelFileError.Problem) {
      let json = written.withoutPoints.withCellInside
      guard let kind = json["class_name"]?.text else { throw .damaged("a layer has no class") }
      (self.json, self.written) = (json, written)
      folderClass = written["class_name"] == json["class_name"] ? KerasClasses.otherNames[kind] ?? kind : "RNN"
      self.kind = KerasClasses.otherNames[kind] ?? kind
      name = (json["name"] ?? json["config"]?["name"])?.text ?? "\(index)"
      let isOperation = KerasOperation.isOperation(json)
      let nodes = (isOperation ? written : json)["inbound_nodes"]?.elements ?? []
      calls = nodes.map { isOperation ? KerasCall(operation: $0) : KerasCall($0) }
    }

    var isInput: Bool { kind == "InputLayer" }

    /// Whether an operation has a number of floating point: an operand, or a bound among the options.
    var holdsFractions: Bool {
      calls.contains(where: \.holdsFractions)
        || ["x_min", "x_max"].contains { written["config"]?[$0]?.holdsFractions ?? false }
    }

    /// The shape of a batch that it says it gets.
    var batchShape: JSON? { json["config"]?["batch_shape"] ?? json["config"]?["batch_input_shape"] }

    /// The model of a `TimeDistributed`; `nil` for another layer.
    var modelOfEachTime: JSON? {
      get throws(ModelFileError.Problem) {
        guard kind == "TimeDistributed", json.foreignClass == nil, let model = json["config"]?["layer"],
          let inner = model["class_name"]?.text, modelClasses.contains(inner)
        else { return nil }
        var options = KerasOptions(of: json, KerasTables.layers[kind] ?? [:], for: .prediction)
        _ = options.take("layer")
        _ = try options.finish()
        if let argument = calls.lazy.compactMap({ $0.foreignArgument ?? $0.arguments.keys.min() }).first {
          throw .unsupported(
            found: "\(kind) of a model called with \(argument)", expected: "a call with the input alone")
        }
        return written["config"]?["layer"]
      }
    }

    /// Checks the options of an `InputLayer`.
    ///
    /// - Returns: the type of its numbers where they are whole ones.
    func checkInput() throws(ModelFileError.Problem) -> KerasInteger? {
      var options = KerasOptions(of: json, KerasTables.inputLayer, for: .prediction)
      if let foreign = json.foreignClass { throw .unsupported(found: foreign, expected: "an InputLayer of Keras") }
      for key in ["batch_shape", "batch_input_shape"] { _ = options.take(key) }
      let type = options.take("dtype") ?? .null
      let name = type["config"]?["name"] ?? type
      // Bytes and other integers are the same numbers as `Float`.
      let integer = name.text.flatMap(KerasInteger.init(rawValue:))
      guard integer != nil || [.null, "float32", "float64"].contains(name) else {
        throw .unsupported(found: "inputs of type \(name)", expected: "float32, float64 or integers")
      }
      _ = try options.finish()
      return integer
    }
  }

  /// What takes what: inputs, calls and outputs, and the layers, by their numbers in the list, in Keras's order.
  fileprivate struct Links {
    let inputs: [Input]
    let layers: [Int]
    let calls: [Call]
    let outputs: [Source]

    /// The links of a `Sequential`: each layer takes what the one before it gives.
    init(chain listed: [Listed], of model: JSON) throws(ModelFileError.Problem) {
      var integer: KerasInteger?
      for (index, layer) in listed.enumerated() where layer.isInput {
        guard index == 0 else { throw .damaged("an InputLayer stands behind another layer") }
        integer = try layer.checkInput()
      }
      let config = model["config"]
      let shape =
        listed.first?.batchShape ?? config?["build_input_shape"] ?? model["build_config"]?["input_shape"]
      let first = listed.first.flatMap { $0.isInput ? $0.name : nil }
      inputs = [Input(name: first ?? "input", batchShape: shape, integer: integer)]
      layers = listed.indices.filter { !listed[$0].isInput }
      calls = layers.indices.map { index in
        Call(layer: index, sources: [index == 0 ? .input(0) : .call(index - 1, output: 0)], training: nil)
      }
      outputs = [calls.isEmpty ? .input(0) : .call(calls.count - 1, output: 0)]
    }

    /// The links of a `Functional` model.
    init(graph listed: [Listed], config: JSON) throws(ModelFileError.Problem) {
      let references = try References(listed)
      let maskNodes = try KerasMaskNodes(
        listed.map {
          KerasMaskNodes.Listed(
            name: $0.name, kind: $0.kind, options: $0.json["config"] ?? .null,
            isOperation: KerasOperation.isOperation($0.json), calls: $0.calls)
        }, outputs: Set(KerasCall.ends(config["output_layers"] ?? .null).map { ExactText($0.layer) }))
      inputs = try references.inputs(named: config["input_layers"])
      let inputNumbers = Dictionary(inputs.enumerated().map { (ExactText($1.name), $0) }) { first, _ in first }
      let numbered = try references.calls(inputNumbers)
      guard let claimed = config["output_layers"] else { throw .damaged("the model names no outputs") }
      var ends: [Source] = []
      for end in KerasCall.ends(claimed) {
        ends.append(try references.source(end, by: "an output of the model", inputNumbers, isEnd: true))
      }
      guard !ends.isEmpty else { throw .damaged("the model names no outputs") }
      func number(_ source: Source) -> Int? { if case .call(let call, _) = source { call } else { nil } }
      let order: KerasOrder
      do throws(KerasOrder.Failure) {
        order = try KerasOrder(
          layerOfCall: numbered.map(\.layer), sources: numbered.map { $0.traced.compactMap(number) },
          outputs: ends.compactMap(number))
      } catch {
        switch error {
        case .circle(let call):
          throw .damaged("layer \"\(listed[numbered[call].layer].name)\" takes, through others, its own result")
        case .unused(let call):
          throw .damaged("layer \"\(listed[numbered[call].layer].name)\" leads to no output")
        }
      }
      // Only behind the order, which the nodes of masks are a part of.
      layers = order.layers.filter { !maskNodes.layers.contains($0) }
      let kept = order.calls.filter { !maskNodes.layers.contains(numbered[$0].layer) }
      let places = Dictionary(uniqueKeysWithValues: layers.enumerated().map { ($1, $0) })
      let callPlaces = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
      func placed(_ source: Source) -> Source {
        guard case .call(let call, let output) = source else { return source }
        return .call(callPlaces[call] ?? 0, output: output)
      }
      calls = kept.map { number in
        let call = numbered[number]
        return Call(
          layer: places[call.layer] ?? 0, sources: call.inputOrder.map { placed(call.traced[$0]) },
          training: call.training)
      }
      outputs = ends.map(placed)
    }
  }

  /// The layers of a `Functional` model by name, to find what a reference means.
  private struct References {
    private let listed: [Listed]
    private var numbers: [ExactText: Int] = [:]
    /// The number of the first call of each layer.
    private var firstCalls: [Int] = []
    /// Whether calls are written as Keras 2 does, which counts the calls of a model inside the model from 1.
    private let isKeras2: Bool

    /// A call with the sources in the order in which Keras follows them.
    struct Numbered {
      let layer: Int
      let traced: [Source]
      let inputOrder: [Int]
      let training: Bool?
    }

    init(_ listed: [Listed]) throws(ModelFileError.Problem) {
      self.listed = listed
      isKeras2 = listed.contains { $0.calls.contains(where: \.isList) }
      var count = 0
      for (index, layer) in listed.enumerated() {
        guard numbers.updateValue(index, forKey: ExactText(layer.name)) == nil else {
          throw .damaged("two layers are called \"\(layer.name)\"")
        }
        firstCalls.append(count)
        if layer.isInput { continue }
        guard !layer.calls.isEmpty else { throw .damaged("layer \"\(layer.name)\" is never called") }
        count += layer.calls.count
      }
      guard count <= KerasGraph.mostCalls else {
        throw .unsupported(found: "\(count) calls of layers", expected: "at most \(KerasGraph.mostCalls)")
      }
    }

    /// The inputs in the model's order; that of the list where the model says none.
    func inputs(named claimed: JSON?) throws(ModelFileError.Problem) -> [Input] {
      var all: [Input] = []
      for layer in listed where layer.isInput {
        all.append(Input(name: layer.name, batchShape: layer.batchShape, integer: try layer.checkInput()))
      }
      guard let claimed, claimed != .null else { return all }
      var inputs: [Input] = []
      for end in KerasCall.ends(claimed) {
        guard let input = all.first(where: { ExactText($0.name) == ExactText(end.layer) }) else {
          throw .damaged("the input \"\(end.layer)\" of the model is no InputLayer")
        }
        inputs.append(input)
      }
      guard (1...KerasGraph.mostInputs).contains(inputs.count) else {
        throw .unsupported(found: "\(counted(inputs.count, "input"))", expected: "1 to \(KerasGraph.mostInputs)")
      }
      let names = Set(inputs.map { ExactText($0.name) })
      guard names.count == inputs.count, names.count == all.count else {
        throw .damaged(
          "\(counted(all.count, "layer")) of class InputLayer, and \(counted(inputs.count, "input")) of the model")
      }
      return inputs
    }

    /// All calls, layer by layer.
    func calls(_ inputs: [ExactText: Int]) throws(ModelFileError.Problem) -> [Numbered] {
      var calls: [Numbered] = []
      for (index, layer) in listed.enumerated() where !layer.isInput {
        for call in layer.calls {
          guard !call.sources.isEmpty else {
            guard KerasOperation.isOperation(layer.json) else {
              throw .damaged("layer \"\(layer.name)\" is called without an input")
            }
            throw .unsupported(
              found: "the operands of layer \"\(layer.name)\" of class \(layer.kind)", expected: "values and numbers")
          }
          var traced: [Source] = []
          for source in call.sources {
            traced.append(
              try self.source(source, by: "layer \"\(layer.name)\"", inputs, isList: call.isList))
          }
          calls.append(
            Numbered(layer: index, traced: traced, inputOrder: call.inputOrder, training: call.training))
        }
      }
      return calls
    }

    /// The value that a reference means.
    ///
    /// - Parameters:
    ///   - taker: who takes it, for the error.
    ///   - inputs: the numbers of the model's inputs.
    ///   - isList: whether the reference stands in a call as Keras 2 writes it.
    ///   - isEnd: whether it is an output of the model.
    func source(
      _ reference: KerasCall.Source, by taker: String, _ inputs: [ExactText: Int], isList: Bool = false,
      isEnd: Bool = false
    ) throws(ModelFileError.Problem) -> Source {
      func missing(_ what: String) -> ModelFileError.Problem {
        .damaged("\(taker) takes \(what) \"\(reference.layer)\", which does not exist")
      }
      guard let index = numbers[ExactText(reference.layer)] else { throw missing("the result of layer") }
      let layer = listed[index]
      if layer.isInput {
        guard let input = inputs[ExactText(reference.layer)], reference.index == 0 else { throw missing("the input") }
        return .input(input)
      }
      // Keras counts the calls of a model inside the model from 1 where it once counted a call at its making.
      let isCountedFromOne =
        KerasGraph.modelClasses.contains(layer.kind)
        && (isList || isKeras2 || (isEnd && layer.kind != "Sequential"))
      var node = reference.node
      if isCountedFromOne, node > 0 || layer.calls.count > 1 { node -= 1 }
      guard layer.calls.indices.contains(node) else { throw missing("call \(reference.node) of layer") }
      guard reference.index >= 0 else { throw missing("result \(reference.index) of layer") }
      return .call(firstCalls[index] + node, output: reference.index)
    }
  }
}
