import NN
import Serialization
import Tensor

/// A model as a graph of Keras's layers, ready to be written.
struct KerasWrittenModel {
  /// A layer without layers of its own.
  struct Leaf {
    let layer: any NN.Layer
    let form: KerasForm
    /// The shapes of its inputs at its first call.
    let inputShapes: [Shape]
    /// Where it comes from, for a model that was read.
    let origin: KerasOrigin.Layer?
  }

  indirect enum Content {
    case leaf(Leaf)
    /// A model, or `TimeDistributed` of a model.
    case model(KerasWrittenModel, ofEachTime: Bool)
  }

  struct Layer {
    /// The name in the file.
    let name: String
    /// The dotted name in the whole model, for errors.
    let place: String
    let content: Content
    /// What its variables are kept under in the file: see ``KerasKeys``.
    var key = ""
    /// What they are kept under in the file that the model was read from.
    let originKey: String?
  }

  /// A value: an input, or what a call makes.
  typealias Source = KerasGraph.Source

  struct Call {
    let layer: Int
    let sources: [Source]
    let training: Bool?
    /// The shape of one example of each result.
    let outputShapes: [Shape]
  }

  let model: Model
  /// The name in the file.
  let name: String
  private(set) var inputNames: [String]
  let inputShapes: [Shape]
  /// In Keras's order.
  private(set) var layers: [Layer]
  /// In an order that can run.
  private(set) var calls: [Call]
  private(set) var outputs: [Source]
  /// Whether it is written as a `Sequential`, which cannot say how layers are called.
  let isSequential: Bool

  /// Lists the layers of a model.
  ///
  /// - Parameters:
  ///   - model: the model, built.
  ///   - name: what it is called in the file.
  ///   - place: its dotted name in the whole model; empty for the outermost.
  ///   - path: the file, named by errors.
  ///   - joinedMasks: how many masks are joined in the whole model; see ``joinedMasks(in:)``.
  ///   - seen: the layers listed so far, with the models that they stand in.
  init(
    _ model: Model, name: String, place: String, path: String, joinedMasks: Int, seen: inout [ObjectIdentifier: String]
  ) throws {
    let (shapes, graph) = (model.shapes, model.graph)
    self.model = model
    self.name = name
    inputShapes = model.inputShapes
    isSequential = Self.isSequential(model)
    var listing = Listing(model, isSequential: isSequential, joinedMasks: joinedMasks)
    inputNames = listing.inputNames
    var values = (0..<graph.inputCount).map { Source.input($0) }
    var indices: [Int: [Int]] = [:]
    for call in graph.calls {
      let arguments = call.inputs.map { shapes[$0] }
      guard call.training != true else {
        let name = model.children[call.layer].name
        throw ModelFileError(
          path: path, place: "layer \"\(place.isEmpty ? name : "\(place).\(name)")\"",
          problem: .unsupported(
            found: "a call with training = true, which Keras ignores in predict", expected: "a call without it"))
      }
      if indices[call.layer] == nil {
        indices[call.layer] = try listing.add(call.layer, inputShapes: arguments, place: place, path: path, &seen)
      }
      var sources = call.inputs.map { values[$0] }
      for layer in indices[call.layer] ?? [] {
        let outputShapes = try listing.shape(before: layer, arguments).map { [$0] } ?? call.outputs.map { shapes[$0] }
        listing.calls.append(
          Call(layer: layer, sources: sources, training: call.training, outputShapes: outputShapes))
        sources = [.call(listing.calls.count - 1, output: 0)]
      }
      values += (0..<call.outputs.count).map { .call(listing.calls.count - 1, output: $0) }
    }
    outputs = graph.outputs.map { values[$0] }
    listing.separateOutputs(&outputs)
    (layers, calls) = (listing.layers, listing.calls)
    try order(path: path, place: place)
    var keys = KerasKeys()
    for index in layers.indices { layers[index].key = keys.next(forClass: layers[index].content.kerasClass) }
  }

  /// How many masks a model joins. When Keras opens the file it makes an operation for each of them, which it calls
  /// `concatenate`, `concatenate_1` and so on, whatever layers have these names.
  static func joinedMasks(in model: Model) throws -> Int {
    try MaskFlow(model).calls.count { $0.layer is Concatenate }
  }

  /// Whether a model is written as a `Sequential`. One that holds a `Functional` model is not: for each of Keras's versions
  /// some form of its outputs is a list, which the next layer of a `Sequential` does not take.
  private static func isSequential(_ model: Model) -> Bool {
    model.graph.isChain && model.graph.calls.allSatisfy { $0.training == nil }
      && model.layers.allSatisfy { layer in
        (layer as? Model).map(isSequential) ?? !(KerasForm(layer)?.needsGraph ?? false)
      }
  }

  /// Puts layers and calls into Keras's order.
  private mutating func order(path: String, place: String) throws {
    func number(_ source: Source) -> Int? { if case .call(let call, _) = source { call } else { nil } }
    let order: KerasOrder
    do throws(KerasOrder.Failure) {
      order = try KerasOrder(
        layerOfCall: calls.map(\.layer), sources: calls.map { $0.sources.compactMap(number) },
        outputs: outputs.compactMap(number))
    } catch {
      throw ModelFileError(
        path: path, place: place.isEmpty ? "model" : "layer \"\(place)\"",
        problem: .unsupported(found: "a layer that leads to no output", expected: "none"))
    }
    var (layerPlaces, callPlaces) = (Array(layers.indices), Array(calls.indices))
    for (place, layer) in order.layers.enumerated() { layerPlaces[layer] = place }
    for (place, call) in order.calls.enumerated() { callPlaces[call] = place }
    func placed(_ source: Source) -> Source {
      guard case .call(let call, let output) = source else { return source }
      return .call(callPlaces[call], output: output)
    }
    layers = order.layers.map { layers[$0] }
    calls = order.calls.map { number in
      Call(
        layer: layerPlaces[calls[number].layer], sources: calls[number].sources.map(placed),
        training: calls[number].training, outputShapes: calls[number].outputShapes)
    }
    outputs = outputs.map(placed)
  }
}

extension KerasWrittenModel.Content {
  /// The name of the class in the file.
  var kerasClass: String {
    switch self {
    case .leaf(let leaf): leaf.form.kerasClass
    case .model(_, ofEachTime: true): "TimeDistributed"
    case .model(let model, ofEachTime: false): model.isSequential ? "Sequential" : "Functional"
    }
  }
}

/// Layers and calls while they are listed.
private struct Listing {
  typealias Layer = KerasWrittenModel.Layer

  let model: Model
  private var names = KerasNames()
  private(set) var inputNames: [String] = []
  private(set) var layers: [Layer] = []
  var calls: [KerasWrittenModel.Call] = []
  /// The name of each of the model's layers in the file.
  private var kerasNames: [String] = []
  /// The layers that Keras needs before others, by their numbers.
  private var before: [Int: any KerasLayer] = [:]

  private let joinedMasks: Int

  init(_ model: Model, isSequential: Bool, joinedMasks: Int) {
    self.model = model
    self.joinedMasks = joinedMasks
    for number in 0..<joinedMasks { _ = names.free(number == 0 ? "concatenate" : "concatenate_\(number)") }
    let origins = model.kerasOrigin?.layers ?? [:]
    for (name, _) in model.children { kerasNames.append(names.free(origins[name]?.name ?? name, without: "/")) }
    for name in isSequential ? ["input_layer"] : model.inputNames { inputNames.append(names.free(name, without: "/")) }
  }

  /// Adds the layers that one of the model is in Keras, and returns their numbers.
  mutating func add(
    _ number: Int, inputShapes: [Shape], place: String, path: String, _ seen: inout [ObjectIdentifier: String]
  ) throws -> [Int] {
    let (name, layer) = model.children[number]
    let full = place.isEmpty ? name : "\(place).\(name)"
    func error(_ found: String, _ expected: String) -> ModelFileError {
      ModelFileError(
        path: path, place: "layer \"\(full)\"", problem: .unsupported(found: found, expected: expected))
    }
    // A layer without variables may stand anywhere: there is nothing that two models would share.
    let hasVariables = !layer.namedParameters.isEmpty || !layer.namedBuffers.isEmpty
    if hasVariables, let other = seen.updateValue(full, forKey: ObjectIdentifier(layer)) {
      let isOfThisModel = model.children.prefix(number).contains { $0.layer === layer }
      throw isOfThisModel
        ? error("the layer \"\(other)\" once more in a chain", "each layer once; a Model may call it twice")
        : error("the layer \"\(other)\" in a second model", "a layer that stands in one model")
    }
    let origin = model.kerasOrigin?.layers[name]
    let kerasName = kerasNames[number]
    let isOfEachTime = layer is TimeDistributed
    if let part = (layer as? TimeDistributed)?.layer as? Model ?? layer as? Model {
      let written = try KerasWrittenModel(
        part, name: kerasName, place: full, path: path, joinedMasks: joinedMasks, seen: &seen)
      layers.append(
        Layer(name: kerasName, place: full, content: .model(written, ofEachTime: isOfEachTime), originKey: origin?.key))
      return [layers.count - 1]
    }
    guard let form = KerasForm(layer) else { throw error("\(type(of: layer))", "a layer that Keras has") }
    let first = layers.count
    if let before = form.known?.kerasLayerBefore, let form = KerasForm(before) {
      let leaf = KerasWrittenModel.Leaf(layer: before, form: form, inputShapes: inputShapes, origin: nil)
      self.before[layers.count] = before
      layers.append(
        Layer(
          name: names.free("\(kerasName)_padding"), place: "\(full)_padding", content: .leaf(leaf), originKey: nil))
    }
    let leaf = KerasWrittenModel.Leaf(layer: layer, form: form, inputShapes: inputShapes, origin: origin)
    layers.append(Layer(name: kerasName, place: full, content: .leaf(leaf), originKey: origin?.key))
    return Array(first..<layers.count)
  }

  /// What a layer makes that Keras needs before another one; `nil` for a layer of the model.
  func shape(before layer: Int, _ inputShapes: [Shape]) throws -> Shape? {
    var generator = RandomGenerator(seed: 0)
    return try before[layer]?.build(inputShape: inputShapes[0], using: &generator)
  }

  /// Puts a layer that does nothing behind an output that is made by one of several calls of a `Functional` model: versions
  /// of Keras count such calls differently.
  mutating func separateOutputs(_ outputs: inout [KerasWrittenModel.Source]) {
    for (index, output) in outputs.enumerated() {
      guard case .call(let number, let value) = output else { continue }
      let layer = calls[number].layer
      guard case .model(let model, ofEachTime: false) = layers[layer].content, !model.isSequential,
        calls.count(where: { $0.layer == layer }) > 1, let form = KerasForm(ActivationLayer(.linear))
      else { continue }
      let shape = model.model.outputShapes[value]
      let name = names.free("output")
      layers.append(
        Layer(
          name: name, place: name,
          content: .leaf(.init(layer: ActivationLayer(.linear), form: form, inputShapes: [shape], origin: nil)),
          originKey: nil))
      calls.append(.init(layer: layers.count - 1, sources: [output], training: nil, outputShapes: [shape]))
      outputs[index] = .call(calls.count - 1, output: 0)
    }
  }
}
