import NN
import Serialization

/// The nodes by which a `Functional` model of Keras 3 computes masks, and the arguments `mask` that take what they make.
///
/// Keras writes down how each mask comes about: `NotEqual` of the words of an `Embedding`, `LogicalOr` of two masks, and so
/// on. Kilim's layers make their masks themselves. So these nodes are left out, if they compute just the mask that the input
/// of the layer has.
struct KerasMaskNodes {
  /// What a reader must know of a listed layer.
  struct Listed {
    let name: String
    let kind: String
    let options: JSON
    let isOperation: Bool
    let calls: [KerasCall]
  }

  /// A mask as what it is computed from.
  private indirect enum Mask: Hashable {
    /// Where numbers are not 0.
    case notZero(Place)
    /// Where a feature is not a value.
    case differs(Place, String)
    /// Where one of several masks is true.
    case either(Set<Mask>)
    /// All places.
    case whole
    /// Masks joined along an axis.
    case joined([Mask], axis: String)
    /// A mask with an axis of length 1 behind the others, which stands for all features.
    case expanded(Mask)

    static func of(_ masks: [Mask]) -> Mask {
      let all = masks.reduce(into: Set<Mask>()) { all, mask in
        if case .either(let parts) = mask { all.formUnion(parts) } else { all.insert(mask) }
      }
      if all.contains(.whole) { return .whole }
      return all.count == 1 ? all.first ?? .whole : .either(all)
    }
  }

  /// A result of a call.
  private struct Place: Hashable {
    let layer: ExactText
    let node, index: Int
  }

  private let listed: [Listed]
  private let numbers: [ExactText: Int]
  /// The numbers of the listed layers that compute masks alone.
  private(set) var layers: Set<Int> = []
  /// What was found of each place so far, as a graph leads to most of them on many ways.
  private var computedMasks: [Place: Mask?] = [:]
  private var expectedMasks: [Place: Mask?] = [:]

  private static let operations: Set<String> = [
    "NotEqual", "LogicalOr", "Any", "ExpandDims", "ZerosLike", "OnesLike", "Concatenate",
  ]
  /// The layers whose output has the mask of their first input.
  private static let passing: Set<String> = [
    "Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Dense", "Rescaling", "ActivityRegularization", "Normalization",
    "BatchNormalization", "LayerNormalization", "GroupNormalization", "UnitNormalization", "Dropout",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout", "GaussianNoise",
    "Identity", "TimeDistributed", "MultiHeadAttention", "Attention", "AdditiveAttention",
  ]
  private static let merging: Set<String> = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]

  /// Finds the nodes, and compares each mask that is an argument with that of the input.
  ///
  /// - Parameters:
  ///   - listed: the layers of the model.
  ///   - outputs: the layers that make its outputs.
  /// - Throws: the problem naming the layer that gets another mask.
  init(_ listed: [Listed], outputs: Set<ExactText>) throws(ModelFileError.Problem) {
    self.listed = listed
    numbers = Dictionary(listed.enumerated().map { (ExactText($1.name), $0) }) { first, _ in first }
    guard listed.contains(where: { $0.calls.contains { !$0.masks.isEmpty } }) else { return }
    layers = maskLayers(outputs: outputs)
    for layer in listed {
      for (number, call) in layer.calls.enumerated() { try check(call, number, of: layer) }
    }
  }

  /// The operations whose results are masks, or parts of masks, and nothing else.
  private func maskLayers(outputs: Set<ExactText>) -> Set<Int> {
    var found = Set(listed.indices.filter { listed[$0].isOperation && Self.operations.contains(listed[$0].kind) })
    found = found.filter { !outputs.contains(ExactText(listed[$0].name)) }
    // What something else takes is no mask alone, nor is then what that takes.
    var pending = listed.indices.filter { !found.contains($0) }
    while let index = pending.popLast() {
      for call in listed[index].calls {
        let masks = Set(call.masks.values)
        for (place, source) in call.sources.enumerated() where !masks.contains(place) {
          guard let number = numbers[ExactText(source.layer)], found.remove(number) != nil else { continue }
          pending.append(number)
        }
      }
    }
    return found
  }

  private mutating func check(_ call: KerasCall, _ number: Int, of layer: Listed) throws(ModelFileError.Problem) {
    for (name, index) in call.masks.sorted(by: { $0.key < $1.key }) {
      let places = ["value_mask": 1, "key_mask": 2, "mask 2": 1, "mask 3": 2]
      let inputs = call.inputOrder.map { call.sources[$0] }
      let input = inputs.indices.contains(places[name] ?? 0) ? inputs[places[name] ?? 0] : nil
      let given = computed(call.sources[index])
      var own: Mask?
      if let input { own = expected(input) }
      guard let given, given == own else {
        throw .unsupported(
          found:
            "layer \"\(layer.name)\" of class \(layer.kind) called with \(name), a mask that is not that of its input,",
          expected: "the mask that the input has")
      }
    }
  }

  /// A graph may be deep; a file decides on it.
  private static let deepest = 500

  /// What the nodes of a mask compute; `nil` for anything else.
  private mutating func computed(_ source: KerasCall.Source, depth: Int = 0) -> Mask? {
    if let known = computedMasks[place(source)] { return known }
    let mask = newlyComputed(source, depth: depth)
    computedMasks[place(source)] = .some(mask)
    return mask
  }

  private mutating func newlyComputed(_ source: KerasCall.Source, depth: Int) -> Mask? {
    guard depth < Self.deepest, let number = numbers[ExactText(source.layer)], layers.contains(number),
      source.index == 0, listed[number].calls.indices.contains(source.node)
    else { return nil }
    let layer = listed[number]
    let call = layer.calls[source.node]
    let sources = call.sources.filter { source in
      numbers[ExactText(source.layer)].map { listed[$0].kind != "ZerosLike" } ?? true
    }
    var parts: [Mask?] = []
    if layer.kind != "NotEqual", layer.kind != "OnesLike" {
      for source in sources { parts.append(computed(source, depth: depth + 1)) }
    }
    switch layer.kind {
    case "NotEqual":
      guard call.sources.count == 1, call.operands.count == 2, call.operands[0] == nil, let value = call.operands[1]
      else { return nil }
      let place = place(call.sources[0])
      return value == 0 ? .notZero(place) : .differs(place, "\(value)")
    case "Any":
      guard parts.count == 1, layer.options["axis"] == .number(-1), layer.options["keepdims"] != true else {
        return nil
      }
      // The features of a place, of which `NotEqual` was asked.
      if let inner = numbers[ExactText(sources[0].layer)], listed[inner].kind == "NotEqual" {
        switch parts[0] {
        case .notZero(let place): return .differs(place, "\(JSON.number(0))")
        case let mask: return mask
        }
      }
      switch parts[0] {
      case .expanded(let mask): return mask
      case .joined(let masks, let axis):
        let inner = masks.map { if case .expanded(let mask) = $0 { mask } else { $0 } }
        return axis == "\(JSON.number(-1))" ? Mask.of(inner) : .joined(inner, axis: axis)
      case let mask: return mask == .whole ? mask : nil
      }
    case "LogicalOr":
      let known = parts.compactMap { $0 }
      return known.count == parts.count && !known.isEmpty ? Mask.of(known) : nil
    case "ExpandDims":
      guard parts.count == 1, layer.options["axis"] == .number(-1) else { return nil }
      return parts[0].map { .expanded($0) }
    case "OnesLike": return .whole
    case "Concatenate":
      let known = parts.compactMap { $0 }
      guard known.count == call.sources.count, let axis = layer.options["axis"] else { return nil }
      return .joined(known, axis: "\(axis)")
    default: return nil
    }
  }

  /// The mask of a result of a layer, by Keras's rules; `nil` for none, and for one that they do not tell.
  private mutating func expected(_ source: KerasCall.Source, depth: Int = 0) -> Mask? {
    if let known = expectedMasks[place(source)] { return known }
    let mask = newlyExpected(source, depth: depth)
    expectedMasks[place(source)] = .some(mask)
    return mask
  }

  private mutating func newlyExpected(_ source: KerasCall.Source, depth: Int) -> Mask? {
    guard depth < Self.deepest, let number = numbers[ExactText(source.layer)],
      listed[number].calls.indices.contains(source.node), !listed[number].isOperation
    else { return nil }
    let layer = listed[number]
    let call = layer.calls[source.node]
    let inputs = call.inputOrder.map { call.sources[$0] }
    guard let first = inputs.first else { return nil }
    switch layer.kind {
    case "Embedding": return layer.options["mask_zero"] == true ? .notZero(place(first)) : nil
    case "Masking":
      let value = layer.options["mask_value"] ?? 0
      return .differs(place(first), "\(value == .null ? 0 : value)")
    case let kind where Self.passing.contains(kind): return source.index == 0 ? expected(first, depth: depth + 1) : nil
    case "LSTM", "GRU", "SimpleRNN", "ConvLSTM2D", "Bidirectional":
      let options = layer.kind == "Bidirectional" ? layer.options["layer"]?["config"] : layer.options
      let isSplit = layer.kind == "Bidirectional" && layer.options["merge_mode"] == .null
      guard options?["return_sequences"] == true, source.index == 0 || isSplit && source.index == 1 else { return nil }
      return expected(first, depth: depth + 1)
    case let kind where Self.merging.contains(kind):
      let masks = expected(inputs, depth: depth)
      let known = masks.compactMap { $0 }
      return known.count == masks.count ? Mask.of(known) : nil
    case "Concatenate":
      let masks = expected(inputs, depth: depth)
      guard masks.contains(where: { $0 != nil }) else { return nil }
      let known = masks.map { $0 ?? .whole }
      let axis = layer.options["axis"] ?? .number(-1)
      return axis == .number(-1) ? Mask.of(known) : .joined(known, axis: "\(axis)")
    default: return nil
    }
  }

  private mutating func expected(_ inputs: [KerasCall.Source], depth: Int) -> [Mask?] {
    var masks: [Mask?] = []
    for input in inputs { masks.append(expected(input, depth: depth + 1)) }
    return masks
  }

  private func place(_ source: KerasCall.Source) -> Place {
    Place(layer: ExactText(source.layer), node: source.node, index: source.index)
  }
}
