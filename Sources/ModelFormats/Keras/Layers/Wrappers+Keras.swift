import NN
import Serialization
import Tensor

/// Keras: the variables of both layers, in parts named `forward_layer` and `backward_layer`.
extension Bidirectional: KerasLayer {
  var kerasClass: String { "Bidirectional" }

  private static let modes: [String: Merging] = [
    "concat": .concatenation, "sum": .sum, "ave": .average, "mul": .product,
  ]

  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] {
    let mode = Self.modes.first { $0.value == merging }?.key
    return [
      "merge_mode": mode.map { .string($0) } ?? .null,
      "layer": try JSON(kerasInner: forward, named: "forward", inputShapes: inputShapes),
      "backward_layer": try JSON(kerasInner: backward, named: "backward", inputShapes: inputShapes),
    ]
  }

  static func read(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> any KerasLayer {
    let isSplit = options.take("merge_mode", ifEqualTo: .null)
    let merging = isSplit ? .none : try options.word("merge_mode", default: .concatenation, of: modes)
    let backward = try options.layer("backward_layer", on: input)
    guard let forward = try options.layer("layer", on: input) as? any KerasRecurrentLayer,
      backward == nil || backward is any KerasRecurrentLayer
    else {
      throw .unsupported(found: "layers that are not recurrent", expected: "a SimpleRNN, LSTM or GRU")
    }
    return Bidirectional(forward, backward: backward as? any KerasRecurrentLayer, merging: merging)
  }

  private var parts: [(name: String, layer: (any KerasLayer)?)] {
    [("forward_layer", forward as? any KerasLayer), ("backward_layer", backward as? any KerasLayer)]
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    parts.flatMap { $0.layer?.kerasVariableShapes(inputShape: inputShape) ?? [] }
  }

  func kerasVariableFolders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    parts.flatMap { part in
      (part.layer?.kerasVariableFolders(inputShapes: inputShapes) ?? []).map { $0.inside(part.name) }
    }
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    parts.flatMap { $0.layer?.kerasVariables(flattenedFrom: nil) ?? [] }
  }
}

/// Keras: the variables of the layer, in a part named `layer`.
extension TimeDistributed: KerasLayer {
  var kerasClass: String { "TimeDistributed" }

  func kerasOptions(inputShapes: [Shape]) throws(ModelFileError.Problem) -> [String: JSON] {
    ["layer": try JSON(kerasInner: layer, named: "layer", inputShapes: inputShapes.compactMap { Times(of: $0)?.shape })]
  }

  static func read(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> any KerasLayer {
    guard let time = input.oneTime, let layer = try options.layer("layer", on: time) else {
      throw .unsupported(found: "no layer for each time of \(input.kerasShape)", expected: "one for a sequence")
    }
    return TimeDistributed(layer)
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    guard let layer = layer as? any KerasLayer, let time = Times(of: inputShape) else { return [] }
    return layer.kerasVariableShapes(inputShape: time.shape)
  }

  func kerasVariableFolders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    let inner = inputShapes.compactMap { Times(of: $0)?.shape }
    return ((layer as? any KerasLayer)?.kerasVariableFolders(inputShapes: inner) ?? []).map { $0.inside("layer") }
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    (layer as? any KerasLayer)?.kerasVariables(flattenedFrom: nil) ?? []
  }
}

extension JSON {
  /// A layer that is an option of another one.
  init(kerasInner layer: any Layer, named name: String, inputShapes: [Shape]) throws(ModelFileError.Problem) {
    guard let layer = layer as? any KerasLayer, layer.kerasLayerBefore == nil else {
      throw .unsupported(found: "\(type(of: layer)) inside another layer", expected: "a layer that Keras has")
    }
    let options = try layer.kerasOptions(inputShapes: inputShapes)
    // What is behind the outer layer does not know of it.
    guard try layer.flattenedImage(merging: inputShapes.map { _ in nil }, inputShapes: inputShapes) == nil else {
      throw .unsupported(
        found: "a Flatten of images in the order of [C, H, W] inside another layer",
        expected: "Flatten(order: .channelsLast) for Keras")
    }
    self.init(
      kerasObject: layer.kerasClass, of: layer.kerasModule,
      options.merging(["name": .string(name), "trainable": .bool(layer.isTrainable)]) { $1 })
  }
}

extension KerasOptions {
  /// Takes a layer that is an option of this one; `nil` for none.
  mutating func layer(_ key: String, on input: KerasInput) throws(ModelFileError.Problem) -> (any KerasLayer)? {
    guard let value = take(key), value != .null else { return nil }
    guard value.foreignClass == nil, let name = value["class_name"]?.text, let config = value["config"]?.members,
      let reader = KerasClasses.readers[name], let table = KerasTables.layers[name]
    else { throw .unsupported(found: "\(key) = \(value)", expected: KerasClasses.names) }
    var options = KerasOptions(config, of: table, for: purpose)
    let parts = try reader(&options, input)
    guard parts.count == 1, options.activationBehind == nil else {
      throw .unsupported(found: "\(name) inside another layer", expected: "a layer that is one in Kilim too")
    }
    if let lost = try options.finish().filter(\.value.changesTraining).keys.min() {
      throw .unsupported(found: "\(lost) of a layer inside another one", expected: "none")
    }
    if config["trainable"] == false { parts[0].layer.isTrainable = false }
    return parts[0].layer
  }
}
