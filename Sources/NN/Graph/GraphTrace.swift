import Tensor

/// The graph between inputs and outputs of a described network, with its layers and their names.
struct GraphTrace {
  private(set) var graph: Graph
  /// Each layer once, in the order of their first calls.
  private(set) var layers: [(name: String, layer: any Layer)] = []
  /// The value behind each number of the graph.
  private(set) var values: [SymbolicValue]
  private(set) var inputShapes: [Shape] = []
  private(set) var inputNames: [String] = []

  /// - Throws: ``ModelError``.
  init(inputs: [SymbolicValue], outputs: [SymbolicValue]) throws(ModelError) {
    guard !inputs.isEmpty, !outputs.isEmpty else { throw .empty }
    guard Set(inputs.map(\.identity)).count == inputs.count else { throw .repeatedInput }
    for input in inputs {
      guard let shape = input.shape else { throw .inputWithoutShape }
      inputShapes.append(shape)
    }
    let calls = try Self.calls(from: inputs, to: outputs)
    graph = Graph(inputCount: inputs.count)
    values = inputs
    var numbers: [SymbolicValue.Identity: Int] = [:]
    for (number, input) in inputs.enumerated() { numbers[input.identity] = number }
    let names = try Self.names(inputs: inputs, calls: calls)
    inputNames = names.inputs
    var indices: [ObjectIdentifier: Int] = [:]
    for call in calls {
      let layer = ObjectIdentifier(call.layer)
      if indices[layer] == nil {
        indices[layer] = layers.count
        layers.append((names.layers[layer] ?? "", call.layer))
      }
      let made = graph.append(
        indices[layer] ?? 0, inputs: call.inputs.map { numbers[$0.identity] ?? 0 },
        outputCount: max(call.layer.outputCount, 1), training: call.training)
      for (index, number) in made.enumerated() {
        let value = SymbolicValue(.call(call), index: index)
        values.append(value)
        // An input of the model that is an inner value stays the input.
        if numbers[value.identity] == nil { numbers[value.identity] = number }
      }
    }
    graph.outputs = outputs.map { numbers[$0.identity] ?? 0 }
  }

  /// All calls that the outputs need, in the order in which they were made: those of inputs first.
  private static func calls(
    from inputs: [SymbolicValue], to outputs: [SymbolicValue]
  ) throws(ModelError) -> [SymbolicCall] {
    let given = Set(inputs.map(\.identity))
    var seen: Set<ObjectIdentifier> = []
    var found: [SymbolicCall] = []
    var pending = outputs
    while let value = pending.popLast() {
      if given.contains(value.identity) { continue }
      switch value.source {
      case .input(let input): throw .missingInput(input.name ?? "of shape \(input.shape)")
      case .call(let call):
        guard seen.insert(ObjectIdentifier(call)).inserted else { continue }
        found.append(call)
        pending += call.inputs
      }
    }
    return found.sorted { $0.number < $1.number }
  }

  /// The name of each input and of each layer, given or by its type.
  private static func names(
    inputs: [SymbolicValue], calls: [SymbolicCall]
  ) throws(ModelError) -> (inputs: [String], layers: [ObjectIdentifier: String]) {
    var layers: [ObjectIdentifier: String] = [:]
    for call in calls where call.name != nil && layers[ObjectIdentifier(call.layer)] == nil {
      layers[ObjectIdentifier(call.layer)] = call.name
    }
    let given = inputs.map { if case .input(let input) = $0.source { input.name } else { String?.none } }
    var names = try LayerNames(given: given.compactMap(\.self) + layers.values)
    for call in calls where layers[ObjectIdentifier(call.layer)] == nil {
      layers[ObjectIdentifier(call.layer)] = names.name(for: call.layer)
    }
    return (given.map { $0 ?? names.name(like: "input") }, layers)
  }
}
