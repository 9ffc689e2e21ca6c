import NN
import Tensor

extension ONNXOperators {
  static let products: [String: ONNXBuilder] = ["Gemm": gemm, "MatMul": matrixProduct, "Einsum": einsum]

  /// α A B + β C, with B and C that are weights.
  private static func gemm(_ operation: ONNXOperation) throws -> [ONNXValue] {
    try operation.require("transA", is: 0)
    let (alpha, beta) = (try operation.float("alpha", default: 1), try operation.float("beta", default: 1))
    let isTransposed = try operation.flag("transB")
    let (x, given) = (try operation.numbers(0), try operation.weight(1))
    guard given.rank == 2, x.rank == 2 else {
      throw operation.unsupported("\(x.rank) and \(given.rank) axes", expected: "matrices")
    }
    var weight = isTransposed ? given.transposed() : given
    if alpha != 1 { weight = weight * alpha }
    let units = weight.shape[1]
    var bias: Tensor<Float>?
    if operation.has(2) {
      let given = try operation.weight(2)
      guard given.rank <= 2, given.rank < 2 || given.shape[0] == 1,
        Shape.broadcast(given.shape, [1, units]) == [1, units]
      else {
        throw operation.unsupported("a summand \(given.shape)", expected: "one number for each of \(units) units")
      }
      bias = given.broadcast(to: [1, units]).reshaped(to: [units]) * beta
    }
    return [.data(try x.apart { try product(operation, $0, weight, bias) })]
  }

  private static func matrixProduct(_ operation: ONNXOperation) throws -> [ONNXValue] {
    switch (try operation.value(0), try operation.value(1)) {
    case (.data(let x), .constant(.numbers(let weight))):
      return [.data(try x.apart { try weighted(operation, $0, weight, isTurned: false) })]
    case (.constant(.numbers(let weight)), .data(let x)):
      // W X = (Xᵀ Wᵀ)ᵀ
      guard x.rank >= 2, weight.rank >= 2, x.joined.isEmpty else { break }
      let last = x.rank - 1
      let turned = x.viewed(as: Array(x.axes[..<(last - 1)]) + [x.axes[last], x.axes[last - 1]])
      let result = try weighted(operation, turned, weight.transposed(), isTurned: true)
      return [.data(result.viewed(as: Array(result.axes[..<(last - 1)]) + [result.axes[last], result.axes[last - 1]]))]
    case (.data(let a), .data(let b)):
      guard a.rank == b.rank, a.rank >= 3, a.kind == .number, b.kind == .number else { break }
      return [.data(try operation.apart([a, b]) { try product(operation, $0[0], $0[1]) })]
    case (.repeated(.numbers(let a), let batch), .constant(.numbers(let b))) where batch < a.rank - 1:
      // The first state of a recurrence that is spelled out.
      if let product = try product(operation, a, b) {
        return [try operation.repeated(.numbers(product), fromEnd: a.rank - batch)]
      }
    case (.constant(.numbers(let a)), .constant(.numbers(let b))):
      if let product = try product(operation, a, b) { return [.constant(.numbers(product))] }
    default: break
    }
    throw operation.unsupported("these two factors", expected: "a value and a matrix, or two values of as many axes")
  }

  /// The products of the matrices in the last two axes of constants; `nil` for what is none.
  private static func product(
    _ operation: ONNXOperation, _ a: Tensor<Float>, _ b: Tensor<Float>
  ) throws -> Tensor<Float>? {
    guard a.rank >= 2, b.rank >= 2, a.shape[a.rank - 1] == b.shape[b.rank - 2],
      let outer = Shape.broadcast(Shape(a.shape.dropLast(2)), Shape(b.shape.dropLast(2)))
    else { return nil }
    // Each pair of matrices is read and multiplied, however few numbers come of it.
    let sizes = [a.shape.suffix(2), b.shape.suffix(2), [a.shape[a.rank - 2], b.shape[b.rank - 1]]]
    for size in sizes {
      guard let count = Shape.count(Array(outer) + size) else { return nil }
      try operation.reading.spend(count)
    }
    return a.matmul(b)
  }

  /// The products of the matrices in the last two axes.
  static func product(_ operation: ONNXOperation, _ a: ONNXData, _ b: ONNXData) throws -> ONNXData {
    let (first, second) = (try operation.arranged(a, Array(0..<a.rank)), try operation.arranged(b, Array(0..<b.rank)))
    let (symbol, example) = try operation.reading.call(
      MatrixProduct(), [(first.symbol, first.example), (second.symbol, second.example)], name: operation.name())[0]
    var result = first.replaced(by: symbol, example)
    result.isPreprocessing = false
    return result
  }

  /// A product with a matrix along the last axis: a `Dense`, or a convolution of single pixels.
  ///
  /// - Parameter isTurned: whether the two last axes of the result change places, so that a bias lies elsewhere.
  private static func weighted(
    _ operation: ONNXOperation, _ x: ONNXData, _ given: Tensor<Float>, isTurned: Bool
  ) throws -> ONNXData {
    guard x.kind == .number, given.rank >= 2, given.shape.dropLast(2).allSatisfy({ $0 == 1 }), given.rank <= x.rank,
      given.shape.allSatisfy({ $0 > 0 })
    else { throw operation.unsupported("a weight \(given.shape) for \(x.rank) axes", expected: "one matrix") }
    let weight = given.reshaped(to: Array(given.shape.suffix(2)))
    let units = weight.shape[1]
    let bias = isTurned ? nil : try operation.bias(2, axis: -1, count: units, rank: x.rank)
    return try product(operation, x, weight, bias)
  }

  /// A product with a matrix along the last axis.
  static func product(
    _ operation: ONNXOperation, _ x: ONNXData, _ weight: Tensor<Float>, _ bias: Tensor<Float>?
  ) throws -> ONNXData {
    guard x.rank >= 2, let batch = x.batchAxis, batch < x.rank - 1 else {
      throw operation.unsupported("a product of \(x.rank) axes", expected: "2 or more, the examples not along the last")
    }
    let others = (0..<x.rank).filter { $0 != batch }
    guard x.rank < 5 else {
      // All places as one sequence.
      let arranged = try operation.arranged(x, [batch] + others)
      let (places, features) = (Array(arranged.example.dropLast()), weight.shape[0])
      let sequence = try operation.call(
        Reshape([places.reduce(1, *), features]), arranged, axes: [0, 1, 2], part: "places")
      let result = try product(operation, sequence, weight, bias)
      return try operation.call(Reshape(places + [weight.shape[1]]), result, axes: arranged.axes, part: "apart")
    }
    guard x.rank == 4 else {
      let layer = Dense(weight.shape[1], useBias: bias != nil)
      layer.weight.set(weight)
      layer.bias?.set(bias)
      return try operation.call(layer, operation.arranged(x, [batch] + others))
    }
    let layer = Conv2D(weight.shape[1], kernelSize: 1, useBias: bias != nil)
    layer.weight.set(weight.transposed().reshaped(to: [weight.shape[1], weight.shape[0], 1, 1]))
    layer.bias?.set(bias)
    return try operation.call(layer, operation.arranged(x, [batch, others[2], others[0], others[1]]))
  }
}
