import NN
import Tensor

extension Activation {
  /// Adds the function to a graph; `.linear` adds nothing.
  ///
  /// - Parameters:
  ///   - input: the name of the value that the function takes.
  ///   - name: the name of the result.
  ///   - rank: the number of axes of one example.
  /// - Throws: ``ONNXRefusal`` for a function that ONNX lacks.
  func add(to graph: inout ONNXGraph, input: String, name: String, rank: Int) throws -> String {
    /// A step on the way to the result.
    func step(_ operation: String, _ inputs: String..., number: Int) -> String {
      graph.add(operation, inputs, name: "\(name).step\(number)")
    }
    func constant(_ value: Float, _ part: String) -> String {
      graph.add(Tensor(scalar: value), name: "\(name).\(part)")
    }
    let axis: KeyValuePairs<String, ONNXGraph.Attribute> = ["axis": .integer(rank > 2 ? rank - 2 : -1)]
    switch self {
    case .linear: return input
    case .relu: return graph.add("Relu", [input], name: name)
    case .boundedReLU(maximum: .infinity, slope: 0, threshold: 0): return graph.add("Relu", [input], name: name)
    case .boundedReLU(let maximum, slope: 0, threshold: 0) where maximum >= 0:
      return graph.add("Clip", [input, constant(0, "low"), constant(maximum, "high")], name: name)
    case .boundedReLU(let maximum, let slope, let threshold):
      let capped = step("Min", input, constant(maximum, "maximum"), number: 1)
      let isAbove = step("Greater", input, constant(threshold, "threshold"), number: 2)
      let distance = step("Sub", input, constant(threshold, "start"), number: 3)
      let below = step("Mul", distance, constant(slope, "slope"), number: 4)
      return graph.add("Where", [isAbove, capped, below], name: name)
    case .leakyReLU(let slope): return graph.add("LeakyRelu", [input], name: name, ["alpha": .float(slope)])
    case .elu(let alpha): return graph.add("Elu", [input], name: name, ["alpha": .float(alpha)])
    case .celu(let alpha): return graph.add("Celu", [input], name: name, ["alpha": .float(alpha)])
    case .selu: return graph.add("Selu", [input], name: name)
    case .silu: return graph.add("Mul", [input, step("Sigmoid", input, number: 1)], name: name)
    case .gelu:
      let error = step("Erf", step("Mul", input, constant(Float(0.5).squareRoot(), "scale"), number: 1), number: 2)
      let share = step("Add", error, constant(1, "one"), number: 3)
      let product = step("Mul", input, share, number: 4)
      return graph.add("Mul", [product, constant(0.5, "half")], name: name)
    case .tanhGELU:
      let cube = step("Mul", step("Mul", input, input, number: 1), input, number: 2)
      let sum = step("Add", input, step("Mul", cube, constant(0.044715, "factor"), number: 3), number: 4)
      let t = step("Tanh", step("Mul", sum, constant(0.797_884_56, "scale"), number: 5), number: 6)
      let product = step("Mul", input, step("Add", t, constant(1, "one"), number: 7), number: 8)
      return graph.add("Mul", [product, constant(0.5, "half")], name: name)
    case .mish:
      return graph.add("Mul", [input, step("Tanh", step("Softplus", input, number: 1), number: 2)], name: name)
    case .sigmoid: return graph.add("Sigmoid", [input], name: name)
    case .hardSigmoid:
      return graph.add("HardSigmoid", [input], name: name, ["alpha": .float(1 / 6), "beta": .float(0.5)])
    case .hardSigmoidWithSlope(let slope):
      return graph.add("HardSigmoid", [input], name: name, ["alpha": .float(slope), "beta": .float(0.5)])
    case .hardSiLU: return graph.add("HardSwish", [input], name: name)
    case .logSigmoid:
      return graph.add("Neg", [step("Softplus", step("Neg", input, number: 1), number: 2)], name: name)
    case .sparseSigmoid:
      return graph.add("HardSigmoid", [input], name: name, ["alpha": .float(0.5), "beta": .float(0.5)])
    case .tanh: return graph.add("Tanh", [input], name: name)
    case .hardTanh: return graph.add("Clip", [input, constant(-1, "low"), constant(1, "high")], name: name)
    case .tanhShrink: return graph.add("Sub", [input, step("Tanh", input, number: 1)], name: name)
    case .softShrink(let threshold):
      return graph.add("Shrink", [input], name: name, ["lambd": .float(threshold), "bias": .float(threshold)])
    case .hardShrink(let threshold):
      return graph.add("Shrink", [input], name: name, ["lambd": .float(threshold), "bias": .float(0)])
    case .softplus: return graph.add("Softplus", [input], name: name)
    case .squareplus(let b):
      let square = step("Add", step("Mul", input, input, number: 1), constant(b, "b"), number: 2)
      let sum = step("Add", input, step("Sqrt", square, number: 3), number: 4)
      return graph.add("Mul", [sum, constant(0.5, "half")], name: name)
    case .sparsePlus:
      let clipped = step("Clip", input, constant(-1, "low"), constant(1, "high"), number: 1)
      let shifted = step("Add", clipped, constant(1, "one"), number: 2)
      let square = step("Mul", step("Mul", shifted, shifted, number: 3), constant(0.25, "quarter"), number: 4)
      let beyond = step("Relu", step("Sub", input, constant(1, "end"), number: 5), number: 6)
      return graph.add("Add", [square, beyond], name: name)
    case .softsign: return graph.add("Softsign", [input], name: name)
    case .exponential: return graph.add("Exp", [input], name: name)
    case .softmax: return graph.add("Softmax", [input], name: name, axis)
    case .logSoftmax: return graph.add("LogSoftmax", [input], name: name, axis)
    case .sparsemax: throw ONNXRefusal(layer: name, type: "the activation sparsemax")
    }
  }
}

extension ReLU: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) throws -> String {
    try activation.add(to: &graph, input: input, name: name, rank: inputShape.rank)
  }
}

extension PReLU: ONNXLayer {
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    graph.add("PRelu", [input, graph.add(slope.value, name: "\(name).slope")], name: name)
  }
}

extension Softmax: ONNXLayer {
  /// Several axes come last and are one for the sum.
  func add(to graph: inout ONNXGraph, input: String, name: String, inputShape: Shape) -> String {
    let axes = resolvedAxes(rank: inputShape.rank)
    guard axes.count > 1 else { return graph.add("Softmax", [input], name: name, ["axis": .integer(axes[0] + 1)]) }
    let order = [0] + (inputShape.indices.filter { !axes.contains($0) } + axes).map { $0 + 1 }
    let lengths = order.dropFirst().map { inputShape[$0 - 1] }
    let turned = graph.add("Transpose", [input], name: "\(name).turned", ["perm": .integers(order)])
    let rows = graph.addReshape(turned, to: lengths.dropLast(axes.count) + [-1], name: "\(name).rows")
    let shares = graph.add("Softmax", [rows], name: "\(name).shares", ["axis": .integer(-1)])
    let apart = graph.addReshape(shares, to: Array(lengths), name: "\(name).apart")
    let back = order.indices.sorted { order[$0] < order[$1] }
    return graph.add("Transpose", [apart], name: name, ["perm": .integers(back)])
  }
}
