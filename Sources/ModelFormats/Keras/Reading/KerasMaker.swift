import NN
import Serialization
import Tensor

/// Makes models and layers of a description, each built once and filled with the variables of the file.
struct KerasMaker {
  let purpose: KerasPurpose
  /// Whether each `Flatten` gives the features in Keras's order. Otherwise the weights behind that of an image are put into
  /// Kilim's, so that the image stays as it is.
  let flattensInKerasOrder: Bool
  let custom: [any KerasCustomLayer.Type]
  let path: String
  let read: KerasAssembly.Reader

  /// A model that was made, and what it gives for what it gets.
  struct MadeModel {
    let model: Model
    /// The ends of the graph as a description, in which the inputs have Keras's names.
    let ends: (inputs: [SymbolicValue], outputs: [SymbolicValue])
    let outputs: [KerasInput]
    /// In Keras's order.
    let variables: [KerasVariable]
  }

  /// A layer of Keras that was made: layers that are called one after the other.
  struct MadeLayer {
    let inputs: [KerasInput]
    let outputs: [KerasInput]
    var layers: [(name: String, layer: any Layer)]
    let variables: [KerasVariable]
    let origins: [KerasOrigin.Layer]
  }

  /// Makes a model for the given inputs, and the models inside it.
  func model(_ graph: KerasGraph, _ inputs: [KerasInput]) throws -> MadeModel {
    guard inputs.count == graph.inputs.count else {
      throw error(
        graph.names,
        .unsupported(found: "\(counted(inputs.count, "input"))", expected: "\(graph.inputs.count) of the model"))
    }
    var names = KerasNames()
    let symbols = zip(graph.inputs, inputs).map { Input($1.shape, name: names.free($0.name)) }
    var values: [KerasGraph.Source: (symbol: SymbolicValue, input: KerasInput)] = [:]
    for (index, input) in inputs.enumerated() {
      var own = input
      own.integer = graph.inputs[index].integer
      values[.input(index)] = (symbols[index], own)
    }
    var made: [Int: [MadeLayer]] = [:]
    for (number, call) in graph.calls.enumerated() {
      let layer = graph.layers[call.layer]
      let taken = try call.sources.map { source in
        guard let value = values[source] else {
          throw error(graph.names + [layer.name], .damaged("it takes a result that another layer does not have"))
        }
        return value
      }
      let part = try self.layer(layer, taken.map(\.input), in: graph, &made[call.layer, default: []], &names)
      var results = taken.map(\.symbol)
      for (name, layer) in part.layers { results = layer.outputs(of: results, name: name, training: call.training) }
      for (index, (symbol, output)) in zip(results, part.outputs).enumerated() {
        values[.call(number, output: index)] = (symbol, output)
      }
    }
    let outputs = try graph.outputs.map { output in
      guard let value = values[output] else {
        throw error(graph.names, .damaged("an output of the model is a result that its layer does not have"))
      }
      return value
    }
    let parts = graph.layers.indices.map { made[$0] ?? [] }
    let model = try assembled(graph, parts, symbols, outputs.map(\.symbol))
    let origins = parts.joined().flatMap { part in zip(part.layers.map(\.name), part.origins) }
    model.kerasOrigin = KerasOrigin(
      layers: Dictionary(origins) { first, _ in first },
      batchShapes: zip(graph.inputs, inputs).map { $1.isPlane ? $0.batchShape : nil })
    return MadeModel(
      model: model, ends: (symbols, outputs.map(\.symbol)), outputs: outputs.map(\.input),
      variables: parts.flatMap { $0.first?.variables ?? [] })
  }

  /// A ``Sequential`` of a chain, a ``Model`` of another graph.
  private func assembled(
    _ graph: KerasGraph, _ parts: [[MadeLayer]], _ inputs: [SymbolicValue], _ outputs: [SymbolicValue]
  ) throws -> Model {
    do {
      let layers = parts.joined().flatMap(\.layers)
      guard graph.isChain, layers.allSatisfy({ $0.layer.outputCount == 1 }), let shape = inputs[0].shape else {
        return try Model(inputs: inputs, outputs: outputs)
      }
      return try Sequential(input: shape) {
        for (name, layer) in layers { layer.named(name) }
      }
    } catch {
      throw self.error(graph.names, .damaged("\(error)"))
    }
  }

  /// The layer for what one of its calls gets: made at the first call, and found again at others.
  private func layer(
    _ layer: KerasGraph.Layer, _ inputs: [KerasInput], in graph: KerasGraph, _ made: inout [MadeLayer],
    _ names: inout KerasNames
  ) throws -> MadeLayer {
    var inputs = inputs
    // A model inside takes numbers of the types of its own inputs.
    if case .model = layer.content { for index in inputs.indices { inputs[index].integer = nil } }
    if let same = made.first(where: { $0.inputs == inputs }) { return same }
    if let first = made.first, !first.variables.isEmpty {
      let again = try calledAgain(first, inputs, graph.names + [layer.name])
      made.append(again)
      return again
    }
    // A layer without variables for inputs of another shape may be another one here.
    var new = try newLayer(layer, inputs, in: graph)
    for index in new.layers.indices { new.layers[index].name = names.free(new.layers[index].name) }
    made.append(new)
    return new
  }

  private func newLayer(
    _ layer: KerasGraph.Layer, _ inputs: [KerasInput], in graph: KerasGraph
  ) throws -> MadeLayer {
    switch layer.content {
    case .layer(let member):
      if let type = custom.first(where: { $0.kerasRegisteredName == member.registeredName }) {
        return try self.custom(type, member, inputs, key: layer.key)
      }
      return try known(member, inputs, key: layer.key)
    case .model(let inner, ofEachTime: false):
      let made = try model(inner, inputs)
      return MadeLayer(
        inputs: inputs, outputs: made.outputs, layers: [(layer.name, made.model)], variables: made.variables,
        origins: [KerasOrigin.Layer(name: layer.name, key: layer.key)])
    case .model(let inner, ofEachTime: true):
      let (names, time) = (graph.names + [layer.name], inputs[0].oneTime)
      guard inputs.count == 1, let time else {
        let found = inputs.map { "\($0.kerasShape)" }.joined(separator: " and ")
        throw error(names, .unsupported(found: "inputs of shape \(found)", expected: "one sequence"))
      }
      let made = try model(inner, [time])
      let repeated = TimeDistributed(made.model)
      let outputs = try build(repeated, inputs, names).map {
        KerasInput(shape: $0, isTime: inputs[0].isTime, integer: made.outputs.first?.integer)
      }
      return MadeLayer(
        inputs: inputs, outputs: outputs, layers: [(layer.name, repeated)], variables: made.variables,
        origins: [KerasOrigin.Layer(name: layer.name, key: layer.key)])
    }
  }

  /// A layer with variables for inputs of another shape than at its first call.
  private func calledAgain(_ first: MadeLayer, _ inputs: [KerasInput], _ names: [String]) throws -> MadeLayer {
    guard first.layers.count == 1, let form = KerasForm(first.layers[0].layer), inputs.count == first.inputs.count,
      zip(inputs, first.inputs).allSatisfy({ $0.isLike($1) })
    else {
      let shapes = [first.inputs, inputs].map { $0.map { "\($0.kerasShape)" }.joined(separator: " and ") }
      throw error(
        names,
        .unsupported(found: "calls with inputs of shape \(shapes[0]) and of shape \(shapes[1])", expected: "one shape"))
    }
    let (layer, place) = (first.layers[0].layer, names)
    let outputs = try build(layer, inputs, place)
    return MadeLayer(
      inputs: inputs, outputs: try self.outputs(of: form, inputs, outputs, keepsPlane: true, place),
      layers: first.layers, variables: [], origins: [])
  }

  /// A layer of a class of Keras.
  private func known(_ member: KerasDescription.Member, _ inputs: [KerasInput], key: String) throws -> MadeLayer {
    try checkSizes(inputs, member.names)
    let reading: KerasReading
    do throws(ModelFileError.Problem) {
      reading = try KerasReading(member, inputs, for: purpose)
    } catch let problem {
      throw error(member.names, problem)
    }
    var values = try converted(
      read(member, reading.variableFolders(inputShapes: inputs.map(\.shape))), for: reading, member.names)[...]
    var current = inputs
    var layers: [(name: String, layer: any Layer)] = []
    var variables: [KerasVariable] = []
    var origins: [KerasOrigin.Layer] = []
    for (index, part) in reading.parts.map(ordered).enumerated() {
      try checkSizes(current, member.names)
      // Compared before the layer is built, so that nothing larger than the file is made.
      let expected =
        part.values == nil ? part.layer.kerasVariableShapes(inputShapes: current.map(\.shape)) : []
      let found = values.prefix(expected.count)
      values = values.dropFirst(expected.count)
      try check(found.map(\.shape), expected, member.names)
      let shapes = try build(part.layer, current, member.names)
      let results = try outputs(
        of: KerasForm(part.layer), current, shapes, keepsPlane: reading.keepsPlane, integer: reading.integer,
        member.names)
      let targets = part.layer.kerasVariables(flattenedFrom: current[0].image)
      for (target, value) in zip(targets, part.values ?? Array(found)) { target.assign(value) }
      if !member.isTrainable { part.layer.isTrainable = false }
      if part.values != nil { for parameter in part.layer.parameters { parameter.fix() } }
      if part.values == nil { variables += targets }
      current = results
      origins.append(reading.origin(ofPart: index, key: key, shapes: expected))
      layers.append((KerasReading.name(member.names.last ?? "", ofPart: index), part.layer))
    }
    return MadeLayer(inputs: inputs, outputs: current, layers: layers, variables: variables, origins: origins)
  }

  /// A layer of the user's own.
  private func custom(
    _ type: any KerasCustomLayer.Type, _ member: KerasDescription.Member, _ inputs: [KerasInput], key: String
  ) throws -> MadeLayer {
    try checkSizes(inputs, member.names)
    let layer: any KerasCustomLayer
    do throws(ModelFileError.Problem) {
      layer = try type.make(keras: member.options)
      if let argument = member.arguments.keys.min() {
        throw .unsupported(found: "a call with \(argument)", expected: "a call with the input alone")
      }
    } catch let problem {
      throw error(member.names, problem)
    }
    let form = KerasForm(layer)
    let shapes = try build(layer, inputs, member.names)
    let variables = layer.kerasWeights.map(\.variable)
    let expected = variables.map(\.value.shape)
    let found = try read(member, [KerasVariableFolder(path: "", count: expected.count)])
    try check(found.map(\.shape), expected, member.names)
    for (variable, value) in zip(variables, found) { variable.assign(value) }
    if !member.isTrainable { layer.isTrainable = false }
    let name = member.names.last ?? ""
    return MadeLayer(
      inputs: inputs, outputs: try outputs(of: form, inputs, shapes, keepsPlane: false, member.names),
      layers: [(name, layer)], variables: variables,
      origins: [KerasOrigin.Layer(name: name, key: key, shapes: expected)])
  }

  // MARK: Steps

  private func ordered(_ part: KerasPart) -> KerasPart {
    flattensInKerasOrder && part.layer is Flatten ? KerasPart(Flatten(order: .channelsLast)) : part
  }

  private func converted(
    _ values: [Tensor<Float>], for reading: KerasReading, _ names: [String]
  ) throws -> [Tensor<Float>] {
    do throws(ModelFileError.Problem) {
      return try reading.converted(values)
    } catch {
      throw self.error(names, error)
    }
  }

  private func build(_ layer: any Layer, _ inputs: [KerasInput], _ names: [String]) throws -> [Shape] {
    var generator = RandomGenerator(seed: 0)
    do {
      // All values of a layer of Keras come from the file.
      return try Initializer.$isDrawing.withValue(!(layer is any KerasLayer)) {
        try layer.build(as: names.last ?? "", inputShapes: inputs.map(\.shape), using: &generator)
      }
    } catch let failure as LayerError {
      let shapes = failure.inputShapes.map(\.description).joined(separator: " and ")
      let noun = failure.inputShapes.count == 1 ? "an input" : "inputs"
      throw error(
        names, .unsupported(found: "\(noun) of shape \(shapes): \(failure.reason)", expected: "a layer that fits"))
    }
  }

  /// What a layer gives for what it gets.
  private func outputs(
    of form: KerasForm?, _ inputs: [KerasInput], _ shapes: [Shape], keepsPlane: Bool, integer: KerasInteger? = nil,
    _ names: [String]
  ) throws -> [KerasInput] {
    do throws(ModelFileError.Problem) {
      let image = try form?.flattenedImage(merging: inputs.map(\.image), inputShapes: inputs.map(\.shape))
      // A weight behind the layer would be put into the order of other features than it is for.
      if let image, let form, let other = shapes.first(where: { $0 != [image.featureCount] }) {
        throw .unsupported(
          found: "\(form.kerasClass) that makes \(other) of a flattened image", expected: "a Dense layer between them")
      }
      let isPlane = keepsPlane && inputs.contains(where: \.isPlane)
      let isTime = inputs.contains(where: \.isTime)
      return shapes.map {
        KerasInput(shape: $0, isPlane: isPlane, image: image, isTime: isTime, integer: integer)
      }
    } catch let problem {
      throw error(names, problem)
    }
  }

  private func check(_ found: [Shape], _ expected: [Shape], _ names: [String]) throws {
    guard found == expected else {
      throw error(names, .mismatch(found: "variables of shape \(found)", expected: "\(expected)"))
    }
  }

  /// No example is larger, nor is what a layer makes of it: 4 GB, so far below what `Int` holds that the cost of a layer
  /// can still be counted.
  private static let largestExample = 1 << 30

  private func checkSizes(_ inputs: [KerasInput], _ names: [String]) throws {
    for input in inputs where elementCount(ofClaimedShape: Array(input.shape)).map({ $0 > Self.largestExample }) ?? true
    {
      throw error(
        names, .unsupported(found: "an input of shape \(input.kerasShape)", expected: "a smaller one"))
    }
  }

  private func error(_ names: [String], _ problem: ModelFileError.Problem) -> ModelFileError {
    let place = names.isEmpty ? "config.json" : "layer \"\(names.joined(separator: "."))\""
    return ModelFileError(path: path, place: place, problem: problem)
  }
}

/// Names that layers of a model can have, made of Keras's.
struct KerasNames {
  private var taken: Set<String> = []
  /// The last number given for each name.
  private var numbers: [String: Int] = [:]

  /// The name itself where it is free, else one that begins with it.
  ///
  /// - Parameter excluded: a character that the name cannot have, which is replaced.
  mutating func free(_ name: String, without excluded: String = ".") -> String {
    let valid = name.isEmpty ? "layer" : name.replacing(excluded, with: "_")
    var free = valid
    while !taken.insert(free).inserted {
      numbers[valid, default: 1] += 1
      free = "\(valid)_\(numbers[valid] ?? 1)"
    }
    return free
  }
}
