import NN
import Tensor

extension ONNXOperators {
  static let activations: [String: ONNXBuilder] = [
    "Relu": { try $0.apply(.relu) },
    "LeakyRelu": { try $0.apply(.leakyReLU(slope: $0.float("alpha", default: 0.01))) },
    "Elu": { try $0.apply(.elu(alpha: $0.float("alpha", default: 1))) },
    "Celu": { try $0.apply(.celu(alpha: $0.float("alpha", default: 1))) },
    "Selu": { operation in
      // Kilim has the constants of the article alone, to as many digits as single precision holds.
      let alpha = try operation.float("alpha", default: 1.673_263_2)
      let gamma = try operation.float("gamma", default: 1.050_701)
      guard abs(alpha - 1.673_263_2) <= 1e-6, abs(gamma - 1.050_701) <= 1e-6 else {
        throw operation.unsupported("alpha = \(alpha) and gamma = \(gamma)", expected: "1.67326 and 1.0507")
      }
      return try operation.apply(.selu)
    },
    "Sigmoid": { try $0.apply(.sigmoid) },
    "HardSigmoid": hardSigmoid,
    "HardSwish": { try $0.apply(.hardSiLU) },
    "Tanh": { try $0.apply(.tanh) },
    "Softplus": { try $0.apply(.softplus) },
    "Softsign": { try $0.apply(.softsign) },
    "Mish": { try $0.apply(.mish) },
    "Exp": { try $0.applyFunction(.activation(.exponential)) },
    "Swish": { operation in
      guard try operation.float("alpha", default: 1) == 1 else {
        throw operation.unsupported("alpha other than 1", expected: "alpha = 1")
      }
      return try operation.apply(.silu)
    },
    "Gelu": { operation in
      switch try operation.text("approximate", default: "none") {
      case "none": return try operation.apply(.gelu)
      case "tanh": return try operation.apply(.tanhGELU)
      case let other: throw operation.unsupported("approximate = \(other)", expected: "none or tanh")
      }
    },
    "ThresholdedRelu": { operation in
      let threshold = try operation.float("alpha", default: 1)
      return try operation.apply(.boundedReLU(maximum: .infinity, threshold: threshold))
    },
    "Shrink": { operation in
      let (threshold, bias) = (try operation.float("lambd", default: 0.5), try operation.float("bias", default: 0))
      guard bias == 0 || bias == threshold else {
        throw operation.unsupported("bias = \(bias)", expected: "0 or lambd, \(threshold)")
      }
      return try operation.apply(bias == 0 ? .hardShrink(threshold: threshold) : .softShrink(threshold: threshold))
    },
    "Softmax": { try softmax($0, isLogarithm: false) }, "LogSoftmax": { try softmax($0, isLogarithm: true) },
    "PRelu": parametricReLU, "Clip": clip,
  ]

  private static func hardSigmoid(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let (alpha, beta) = (try operation.float("alpha", default: 0.2), try operation.float("beta", default: 0.5))
    if beta == 0.5, abs(alpha - 1 / 6) < 1e-6 { return try operation.apply(.hardSigmoid) }
    if beta == 0.5 { return try operation.apply(alpha == 0.5 ? .sparseSigmoid : .hardSigmoidWithSlope(alpha)) }
    let line = try operation.call(Rescaling(alpha, offset: beta), operation.numbers(0), part: "line")
    return [.data(try operation.call(FunctionLayer(.clip(low: 0, high: 1)), line))]
  }

  private static func parametricReLU(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let x = try operation.numbers(0)
    let (arranged, slope) = try operation.aligned(x, with: operation.weight(1))
    guard arranged.lengths == x.lengths else {
      throw operation.unsupported("a slope with more elements than the input", expected: "one that fits it")
    }
    let shared = slope.shape.indices.filter { slope.shape[$0] == 1 && arranged.example[$0] != 1 }
    let shape = Shape(Array(repeating: 1, count: arranged.example.rank - slope.rank) + slope.shape)
    let layer = PReLU(sharedAxes: shared)
    layer.slope.set(slope.reshaped(to: shape))
    return [.data(try operation.call(layer, arranged))]
  }

  /// The bounds are attributes before version 11.
  private static func clip(_ operation: ONNXOperation) throws -> [ONNXValue] {
    if case .constant(.integers(let list)) = try operation.value(0) {
      return [.constant(.integers(try clipped(list, operation)))]
    }
    var bounds: [Float] = [-.infinity, .infinity]
    if operation.version < 11 {
      bounds = [try operation.float("min", default: bounds[0]), try operation.float("max", default: bounds[1])]
    }
    for index in 0..<2 where operation.has(index + 1) {
      let bound = try operation.weight(index + 1)
      guard bound.count == 1 else { throw operation.unsupported("a bound \(bound.shape)", expected: "one number") }
      bounds[index] = bound.scalars[0]
    }
    let (low, high) = (bounds[0], bounds[1])
    switch (low, high) {
    case _ where !(low <= high):
      throw operation.unsupported("the bounds \(low) and \(high)", expected: "a lower and an upper one")
    case (-.infinity, .infinity): return [try operation.value(0)]
    case (0, .infinity): return try operation.applyFunction(.activation(.relu))
    case (0, _): return try operation.applyFunction(.activation(.boundedReLU(maximum: high)))
    case (-1, 1): return try operation.applyFunction(.activation(.hardTanh))
    default: return try operation.applyFunction(.clip(low: low, high: high))
    }
  }

  /// Whole numbers between bounds that are whole numbers too.
  private static func clipped(_ list: ONNXIntegers, _ operation: ONNXOperation) throws -> ONNXIntegers {
    func bound(_ index: Int) throws -> Int? {
      guard operation.has(index) else { return nil }
      let numbers = try operation.list(index)
      guard numbers.count == 1 else { throw operation.unsupported("the bounds \(numbers)", expected: "one number") }
      return numbers[0]
    }
    func limited(_ list: ONNXIntegers, by bound: Int, _ choose: (Int, Int) -> Int) throws -> ONNXIntegers {
      try ONNXIntegers.combine(
        list, ONNXIntegers(lengths: [], values: [.known(bound)]), { (choose($0, $1), false) }, operation)
    }
    var result = list
    if let low = try bound(1) { result = try limited(result, by: low, max) }
    if let high = try bound(2) { result = try limited(result, by: high, min) }
    return result
  }

  /// Before version 13 the sum is over the axis and all behind it.
  private static func softmax(_ operation: ONNXOperation, isLogarithm: Bool) throws -> [ONNXValue] {
    var x = try operation.numbers(0)
    let isOld = operation.version < 13
    let first = try operation.axis(operation.integer("axis", default: isOld ? 1 : -1), rank: x.rank)
    let summed = isOld ? Array(first..<x.rank).filter { x.lengths[$0] != 1 } : [first]
    if summed.contains(where: { x.axes[$0] == nil }) { x = try operation.arranged(x, Array(0..<x.rank)) }
    let axes = summed.compactMap { x.axes[$0] }.sorted()
    guard !axes.contains(0), !axes.isEmpty else {
      throw operation.unsupported("a sum over the examples or over one element", expected: "one inside each example")
    }
    if axes == [featureAxis(ofExample: x.example)] {
      return [.data(try operation.call(ActivationLayer(isLogarithm ? .logSoftmax : .softmax), x))]
    }
    guard isLogarithm else { return [.data(try operation.call(Softmax(axes: axes.map { $0 - 1 }), x))] }
    guard axes.count == 1 else {
      throw operation.unsupported("a LogSoftmax over \(axes.count) axes", expected: "one over one axis")
    }
    return [.data(try operation.call(FunctionLayer(.logSoftmax(axis: axes[0] - 1)), x))]
  }
}

extension ONNXOperation {
  /// Applies an activation to the first input.
  func apply(_ activation: Activation) throws -> [ONNXValue] { try applyFunction(.activation(activation)) }

  /// Applies a function of each element to the first input, a constant or not.
  func applyFunction(_ function: ElementFunction) throws -> [ONNXValue] {
    if case .constant(.numbers(let tensor)) = try value(0) {
      try reading.spend(tensor.count)
      return [.constant(.numbers(function(tensor)))]
    }
    let x = try numbers(0)
    if case .activation(let activation) = function { return [.data(try call(ActivationLayer(activation), x))] }
    return [.data(try call(FunctionLayer(function), x))]
  }
}
