import Autograd
import NN
import Tensor

extension ONNXOperators {
  static let recurrence: [String: ONNXBuilder] = [
    "RNN": { operation in
      try recurrent(operation, gates: 1, defaults: ["Tanh"]) { units, functions, weights, options in
        let layer = SimpleRNN(units, activation: functions[0], options)
        layer.set(weights, order: [0])
        return layer
      }
    },
    "LSTM": { operation in
      try operation.require("input_forget", is: 0)
      return try recurrent(operation, gates: 4, defaults: ["Sigmoid", "Tanh", "Tanh"]) {
        units, functions, weights, options in
        guard functions[1] == functions[2] else {
          throw operation.unsupported("two functions for cell and output", expected: "the same for both")
        }
        let layer = LSTM(units, activation: functions[1], recurrentActivation: functions[0], options)
        // ONNX has the gates input, output, forget, cell.
        layer.set(weights, order: [0, 2, 3, 1])
        return layer
      }
    },
    "GRU": { operation in
      let resetsAfter = try operation.flag("linear_before_reset")
      return try recurrent(operation, gates: 3, defaults: ["Sigmoid", "Tanh"]) { units, functions, weights, options in
        let layer = GRU(
          units, activation: functions[1], recurrentActivation: functions[0], resetAfter: resetsAfter, options)
        layer.set(weights, keepsBothBiases: resetsAfter)
        return layer
      }
    },
  ]

  /// Makes the layer of one direction.
  private typealias Maker = (
    _ units: Int, _ functions: [Activation], _ weights: RecurrentWeights, _ options: RecurrentOptions
  ) throws -> any RecurrentLayer & Sendable

  private static func recurrent(
    _ operation: ONNXOperation, gates: Int, defaults: [String], _ make: Maker
  ) throws -> [ONNXValue] {
    let isBatchFirst = try operation.flag("layout")
    let sequence = try operation.numbers(0)
    guard sequence.rank == 3 else {
      throw operation.unsupported("a sequence of \(sequence.rank) axes", expected: "3: steps, examples and features")
    }
    let x = try operation.arranged(sequence, isBatchFirst ? [0, 1, 2] : [1, 0, 2])
    let weight = try operation.weight(1)
    let direction = try operation.text("direction", default: "forward")
    guard let places = ["forward": [false], "reverse": [true], "bidirectional": [false, true]][direction] else {
      throw operation.unsupported("direction = \(direction)", expected: "forward, reverse or bidirectional")
    }
    guard weight.rank == 3, weight.shape[0] == places.count, weight.shape[1] % gates == 0, weight.count > 0 else {
      throw operation.unsupported("a weight \(weight.shape)", expected: "[\(places.count), \(gates) · units, features]")
    }
    let units = weight.shape[1] / gates
    let names = try operation.texts("activations") ?? places.flatMap { _ in defaults }
    _ = try operation.integer("hidden_size", default: units)
    let (alphas, betas) = (
      try operation.floats("activation_alpha") ?? [], try operation.floats("activation_beta") ?? []
    )
    guard try operation.float("clip", default: 0) == 0 else { throw operation.unsupported("clip", expected: "none") }
    guard names.count == defaults.count * places.count else {
      throw operation.unsupported("\(names.count) activations", expected: "\(defaults.count * places.count)")
    }
    let functions = try operation.functions(names, alphas, betas)
    try operation.checkStates()
    let uses = operation.node.outputs.map { !$0.isEmpty && operation.reading.isNeeded($0) }
    let (needsAll, needsStates) = (uses.first ?? false, uses.dropFirst().contains(true))
    var options = RecurrentOptions(useBias: operation.has(3), returnsSequences: needsAll)
    options.returnsState = needsStates && (needsAll || uses.dropFirst(2).contains(true))
    let layers = try places.enumerated().map { index, isReverse in
      var options = options
      options.goesBackwards = isReverse
      let own = Array(functions[index * defaults.count..<(index + 1) * defaults.count])
      return try make(units, own, RecurrentWeights(operation, index, units: units, gates: gates), options)
    }
    let results = try call(operation, layers, x, options, isReverse: places == [true])
    return try arrange(operation, results, options, places.count, units, isBatchFirst, x)
  }

  private static func call(
    _ operation: ONNXOperation, _ layers: [any RecurrentLayer & Sendable], _ x: ONNXData, _ options: RecurrentOptions,
    isReverse: Bool
  ) throws -> [(symbol: SymbolicValue, example: Shape)] {
    if layers.count == 1 {
      var results = try operation.reading.call(layers[0], [(x.symbol, x.example)], name: operation.name())
      // ONNX has the steps in the order of time.
      if isReverse, options.returnsSequences {
        results[0] = try operation.reading.call(ReverseLayer(), [results[0]], name: operation.name("reverse"))[0]
      }
      return results
    }
    guard !options.returnsState else {
      throw operation.unsupported("all steps and the last state of two directions", expected: "one of them")
    }
    func layer(_ forward: some RecurrentLayer & Sendable) -> Bidirectional {
      Bidirectional(forward, backward: layers[1])
    }
    return try operation.reading.call(layer(layers[0]), [(x.symbol, x.example)], name: operation.name())
  }

  /// The outputs `[T, directions, N, units]` and the states `[directions, N, units]`, or with the examples first.
  private static func arrange(
    _ operation: ONNXOperation, _ results: [(symbol: SymbolicValue, example: Shape)], _ options: RecurrentOptions,
    _ directions: Int, _ units: Int, _ isBatchFirst: Bool, _ x: ONNXData
  ) throws -> [ONNXValue] {
    func data(_ result: (symbol: SymbolicValue, example: Shape), isSequence: Bool) throws -> ONNXData {
      let target = (isSequence ? [result.example[0]] : []) + [directions, units]
      var value = x.replaced(by: result.symbol, result.example)
      value.isPreprocessing = false
      let (d, h): (Int?, Int)
      if directions == 1 {
        (d, h) = (nil, isSequence ? 2 : 1)
      } else {
        let (symbol, example) = try operation.reading.call(
          Reshape(target), [(result.symbol, result.example)], name: operation.name("directions"))[0]
        value = value.replaced(by: symbol, example)
        (d, h) = isSequence ? (2, 3) : (1, 2)
      }
      switch (isSequence, isBatchFirst) {
      case (true, false): return value.viewed(as: [1, d, 0, h])
      case (true, true): return value.viewed(as: [0, 1, d, h])
      case (false, false): return value.viewed(as: [d, 0, h])
      case (false, true): return value.viewed(as: [0, d, h])
      }
    }
    let missing = ONNXValue.refused(operation.unsupported("this output", expected: "one that the layer makes"))
    var values: [ONNXValue] = []
    values.append(options.returnsSequences ? .data(try data(results[0], isSequence: true)) : missing)
    if options.returnsState {
      for result in results.dropFirst() { values.append(.data(try data(result, isSequence: false))) }
    } else {
      values.append(options.returnsSequences ? missing : .data(try data(results[0], isSequence: false)))
    }
    while values.count < operation.node.outputs.count { values.append(missing) }
    return values
  }
}

/// The weights of one direction in Kilim's layout, the gates in ONNX's order.
struct RecurrentWeights {
  let input, state: [Tensor<Float>]
  let inputBias, stateBias: [Tensor<Float>]

  init(_ operation: ONNXOperation, _ direction: Int, units: Int, gates: Int) throws {
    let (weight, recurrent) = (try operation.weight(1), try operation.weight(2))
    guard recurrent.shape == [weight.shape[0], gates * units, units] else {
      throw operation.unsupported(
        "a weight \(recurrent.shape) of the state", expected: "\([weight.shape[0], gates * units, units])")
    }
    func parts(_ tensor: Tensor<Float>) -> [Tensor<Float>] {
      (0..<gates).map { tensor.slice($0 * units..<($0 + 1) * units, axis: 0) }
    }
    input = parts(weight.select(direction, axis: 0)).map { $0.transposed() }
    state = parts(recurrent.select(direction, axis: 0)).map { $0.transposed() }
    guard operation.has(3) else {
      (inputBias, stateBias) = ([], [])
      return
    }
    let bias = try operation.weight(3)
    guard bias.shape == [weight.shape[0], 2 * gates * units] else {
      throw operation.unsupported("a bias \(bias.shape)", expected: "\([weight.shape[0], 2 * gates * units])")
    }
    let own = bias.select(direction, axis: 0)
    inputBias = parts(own)
    stateBias = parts(own.slice(gates * units..<2 * gates * units, axis: 0))
  }
}

extension SimpleRNN {
  fileprivate func set(_ weights: RecurrentWeights, order: [Int]) {
    setAll(weight, recurrentWeight, bias, weights, order)
  }
}

extension LSTM {
  fileprivate func set(_ weights: RecurrentWeights, order: [Int]) {
    setAll(weight, recurrentWeight, bias, weights, order)
  }
}

extension GRU {
  fileprivate func set(_ weights: RecurrentWeights, keepsBothBiases: Bool) {
    setAll(weight, recurrentWeight, keepsBothBiases ? nil : bias, weights, [0, 1, 2])
    guard keepsBothBiases, let bias else { return }
    let both = [weights.inputBias, weights.stateBias].map { Tensor(concatenating: $0, axis: 0) }
    bias.set(Tensor(stacking: both, axis: 0))
  }
}

/// Sets weights whose gates stand in another order; the two biases of ONNX are added.
private func setAll(
  _ weight: Parameter, _ recurrentWeight: Parameter, _ bias: Parameter?, _ weights: RecurrentWeights, _ order: [Int]
) {
  weight.set(Tensor(concatenating: order.map { weights.input[$0] }, axis: 1))
  recurrentWeight.set(Tensor(concatenating: order.map { weights.state[$0] }, axis: 1))
  guard let bias else { return }
  bias.set(Tensor(concatenating: order.map { weights.inputBias[$0] + weights.stateBias[$0] }, axis: 0))
}

extension ONNXOperation {
  /// First states must be 0, and all sequences whole.
  fileprivate func checkStates() throws {
    guard !has(7) else { throw unsupported("peephole weights", expected: "none") }
    if has(4) { throw unsupported("lengths of single sequences", expected: "none") }
    for index in [5, 6] where has(index) {
      let state: Tensor<Float>
      switch try value(index) {
      case .constant(.numbers(let tensor)), .repeated(.numbers(let tensor), _): state = tensor
      default: throw unsupported("a first state that depends on the inputs", expected: "zeros")
      }
      guard state.scalars.allSatisfy({ $0 == 0 }) else {
        throw unsupported("a first state other than 0", expected: "zeros")
      }
    }
  }

  /// The functions of the gates. Those with options take them from the lists in turn.
  fileprivate func functions(_ names: [String], _ alphas: [Float], _ betas: [Float]) throws -> [Activation] {
    var (alphas, betas) = (alphas.makeIterator(), betas.makeIterator())
    return try names.map { name in
      switch name.lowercased() {
      case "tanh": return .tanh
      case "sigmoid": return .sigmoid
      case "relu": return .relu
      case "softsign": return .softsign
      case "softplus": return .softplus
      case "elu": return .elu(alpha: alphas.next() ?? 1)
      case "leakyrelu": return .leakyReLU(slope: alphas.next() ?? 0.01)
      case "hardsigmoid":
        let (alpha, beta) = (alphas.next() ?? 0.2, betas.next() ?? 0.5)
        if beta == 0.5, abs(alpha - 1 / 6) < 1e-6 { return .hardSigmoid }
        guard beta == 0.5 else { throw unsupported("HardSigmoid with beta = \(beta)", expected: "0.5") }
        return alpha == 0.5 ? .sparseSigmoid : .hardSigmoidWithSlope(alpha)
      default: throw unsupported("the activation \(name)", expected: "one that Kilim has")
      }
    }
  }
}
