import Autograd
import NN
import Tensor

/// A layer that ONNX can express, with any number of inputs and outputs.
protocol ONNXSeveralLayer: Layer {
  /// Adds the layer's operations to a graph, and returns the names of the results; see ``ONNXLayer``.
  func add(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) throws -> [String]
}

extension SimpleRNN: ONNXSeveralLayer {
  func add(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) throws -> [String] {
    let weights = ONNXRecurrentWeights(weight, recurrentWeight, bias, units: units, order: [0])
    return try graph.addRecurrent(self, "RNN", weights, [activation], inputs, name: name, inputShapes: inputShapes)
  }
}

extension LSTM: ONNXSeveralLayer {
  func add(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) throws -> [String] {
    // ONNX has the gates input, output, forget, cell.
    let weights = ONNXRecurrentWeights(weight, recurrentWeight, bias, units: units, order: [0, 3, 1, 2])
    return try graph.addRecurrent(
      self, "LSTM", weights, [recurrentActivation, activation, activation], inputs, name: name,
      inputShapes: inputShapes)
  }
}

extension GRU: ONNXSeveralLayer {
  func add(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) throws -> [String] {
    let weights = ONNXRecurrentWeights(weight, recurrentWeight, bias, units: units, order: [0, 1, 2])
    return try graph.addRecurrent(
      self, "GRU", weights, [recurrentActivation, activation], inputs, name: name, inputShapes: inputShapes,
      resetsAfter: resetAfter)
  }
}

/// Weights in ONNX's layout: gates as rows, both biases one behind the other.
struct ONNXRecurrentWeights {
  let input, state, bias: Tensor<Float>

  init(_ weight: Parameter, _ recurrent: Parameter, _ bias: Parameter?, units: Int, order: [Int]) {
    /// The gates along the last axis in another order.
    func ordered(_ tensor: Tensor<Float>) -> Tensor<Float> {
      Tensor(concatenating: order.map { tensor.slice($0 * units..<($0 + 1) * units, axis: -1) }, axis: -1)
    }
    input = ordered(weight.value).transposed().contiguous().expandingShape(at: 0)
    state = ordered(recurrent.value).transposed().contiguous().expandingShape(at: 0)
    let width = order.count * units
    // A GRU that resets after its product has both biases; others add them.
    let both = bias.map { $0.value.rank == 2 ? ordered($0.value).reshaped(to: [2 * width]) : ordered($0.value) }
    let own = both ?? Tensor(zeros: [width])
    self.bias = (own.count == width ? Tensor(concatenating: [own, Tensor(zeros: [width])], axis: 0) : own)
      .expandingShape(at: 0)
  }
}

extension ONNXGraph {
  fileprivate mutating func addRecurrent(
    _ layer: some RecurrentLayer, _ operation: String, _ weights: ONNXRecurrentWeights, _ functions: [Activation],
    _ inputs: [String], name: String, inputShapes: [Shape], resetsAfter: Bool = false
  ) throws -> [String] {
    let steps = add("Transpose", [inputs[0]], name: "\(name).steps", ["perm": .integers([1, 0, 2])])
    var given = [
      steps, add(weights.input, name: "\(name).weight"), add(weights.state, name: "\(name).recurrentWeight"),
      add(weights.bias, name: "\(name).bias"),
    ]
    if inputs.count > 1 {
      given.append("")
      for (index, state) in inputs.dropFirst().enumerated() {
        let axes = add([0], name: "\(name).state\(index).axes")
        given.append(add("Unsqueeze", [state, axes], name: "\(name).state\(index)"))
      }
    }
    let terms = try functions.map { try ONNXRecurrentFunction($0, layer: name) }
    let outputs = ["\(name).all", "\(name).last", "\(name).cell"].prefix(1 + layer.stateCount)
    let direction = layer.goesBackwards ? "reverse" : "forward"
    let (alphas, betas) = (terms.compactMap(\.alpha), terms.compactMap(\.beta))
    var attributes: [(String, Attribute)] = [
      ("hidden_size", .integer(layer.units)), ("direction", .text(direction)),
      ("activations", .texts(terms.map(\.name))),
    ]
    if !alphas.isEmpty { attributes.append(("activation_alpha", .floats(alphas))) }
    if !betas.isEmpty { attributes.append(("activation_beta", .floats(betas))) }
    if operation == "GRU" { attributes.append(("linear_before_reset", .integer(resetsAfter ? 1 : 0))) }
    let made = add(operation, given, outputs: Array(outputs), attributes)
    // [T, directions, N, units] and [directions, N, units].
    var results: [String] = []
    if layer.returnsSequences {
      let axes = add([1], name: "\(name).directions")
      let all = add("Squeeze", [made[0], axes], name: "\(name).squeezed")
      let turned = add("Transpose", [all], name: "\(name).turned", ["perm": .integers([1, 0, 2])])
      // Kilim has the steps in the order in which they were taken.
      results.append(layer.goesBackwards ? addReversal(of: turned, name: "\(name).result") : turned)
    }
    for (index, state) in made.dropFirst().enumerated()
    where layer.returnsState || index == 0 && !layer.returnsSequences {
      let axes = add([0], name: "\(name).final\(index).axes")
      results.append(add("Squeeze", [state, axes], name: "\(name).final\(index)"))
    }
    if layer.returnsState && !layer.returnsSequences { results.insert(results[0], at: 0) }
    results[0] = add("Identity", [results[0]], name: name)
    return results
  }
}

/// A function of a gate by ONNX's name, with its options.
private struct ONNXRecurrentFunction {
  let name: String
  var alpha: Float?
  var beta: Float?

  init(_ activation: Activation, layer: String) throws {
    switch activation {
    case .tanh: name = "Tanh"
    case .sigmoid: name = "Sigmoid"
    case .relu: name = "Relu"
    case .softsign: name = "Softsign"
    case .softplus: name = "Softplus"
    case .linear: (name, alpha, beta) = ("Affine", 1, 0)
    case .elu(let slope): (name, alpha) = ("Elu", slope)
    case .leakyReLU(let slope): (name, alpha) = ("LeakyRelu", slope)
    case .hardSigmoid: (name, alpha, beta) = ("HardSigmoid", 1 / 6, 0.5)
    case .hardSigmoidWithSlope(let slope): (name, alpha, beta) = ("HardSigmoid", slope, 0.5)
    case .sparseSigmoid: (name, alpha, beta) = ("HardSigmoid", 0.5, 0.5)
    default: throw ONNXRefusal(layer: layer, type: "the activation \(activation) of a recurrent layer")
    }
  }
}

extension Bidirectional: ONNXSeveralLayer {
  func add(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) throws -> [String] {
    guard let forward = forward as? any ONNXSeveralLayer, let backward = backward as? any ONNXSeveralLayer else {
      throw ONNXRefusal(layer: name, type: "a Bidirectional of a layer of your own")
    }
    let half = inputs.count / 2
    func part<Item>(_ items: [Item], _ isSecond: Bool) -> [Item] {
      Array(items.prefix(1) + (isSecond ? items.dropFirst(1 + half) : items.dropFirst().prefix(half)))
    }
    let ahead = try forward.add(
      to: &graph, inputs: part(inputs, false), name: "\(name).forward", inputShapes: part(inputShapes, false))
    let back = try backward.add(
      to: &graph, inputs: part(inputs, true), name: "\(name).backward", inputShapes: part(inputShapes, true))
    let second =
      self.backward.returnsSequences ? graph.addReversal(of: back[0], name: "\(name).inTime") : back[0]
    let pair = [ahead[0], second]
    let joined: [String]
    switch merging {
    case .concatenation: joined = [graph.add("Concat", pair, name: name, ["axis": .integer(-1)])]
    case .sum: joined = [graph.add("Add", pair, name: name)]
    case .average: joined = [graph.add("Mean", pair, name: name)]
    case .product: joined = [graph.add("Mul", pair, name: name)]
    case .none: joined = pair
    }
    return joined + ahead.dropFirst() + back.dropFirst()
  }
}

extension TimeDistributed: ONNXLayer {
  /// All times are one batch for the layer.
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    guard let example = Times(of: inputShape) else {
      throw ONNXRefusal(layer: name, type: "TimeDistributed on \(inputShape)")
    }
    let rows =
      inputShape.rank == 3
      ? graph.add("Transpose", [input], name: "\(name).rows", ["perm": .integers([0, 2, 3, 1])]) : input
    let target = graph.add([-1] + Array(example.shape), name: "\(name).times.lengths")
    let times = graph.add("Reshape", [rows, target], name: "\(name).times")
    let result = try graph.add(layer, [times], name: "\(name).layer", inputShapes: [example.shape])[0]
    var generator = RandomGenerator(seed: 0)
    let output = try layer.build(inputShape: example.shape, using: &generator)
    let lengths = graph.add([-1, example.count] + Array(output), name: "\(name).lengths")
    guard output.rank == 2 else { return graph.add("Reshape", [result, lengths], name: name) }
    let results = graph.add("Reshape", [result, lengths], name: "\(name).results")
    return graph.add("Transpose", [results], name: name, ["perm": .integers([0, 3, 1, 2])])
  }
}

extension Recomputed: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    try graph.add(body, [input], name: "\(name).body", inputShapes: [inputShape])[0]
  }
}

extension ActivityRegularization: ONNXIdentity {}
