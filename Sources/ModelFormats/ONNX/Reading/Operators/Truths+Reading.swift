import NN
import Tensor

extension ONNXOperators {
  /// Operations with truth values, which are 0 and 1 in Kilim, and questions about single numbers.
  static let truths: [String: ONNXBuilder] = [
    "And": { [try both($0, .multiply, Multiply())] }, "Or": { [try both($0, .maximum, Maximum())] },
    "Xor": { [try negated(both($0, .equal, PairLayer(.equal)), $0)] },
    "Not": { [try negated($0.value(0), $0)] },
    "IsNaN": { operation in
      // What is no number is the only thing that does not equal itself.
      let x = try known(operation)
      return [try negated(combine(x, x, .equal, PairLayer(.equal), operation), operation)]
    },
    "IsInf": { operation in
      let positive = try operation.flag("detect_positive", default: true)
      let negative = try operation.flag("detect_negative", default: true)
      guard positive || negative else { throw operation.unsupported("neither infinity", expected: "one or both") }
      var x = try known(operation)
      if positive, negative { x = try operation.applyFunction(.absolute)[0] }
      let bound = Tensor<Float>(scalar: positive ? .infinity : -.infinity)
      return [try combine(x, .constant(.numbers(bound)), .equal, PairLayer(.equal), operation)]
    },
  ]

  /// The first input, which is numbers of floating point.
  private static func known(_ operation: ONNXOperation) throws -> ONNXValue {
    if case .constant(.numbers) = try operation.value(0) { return try operation.value(0) }
    return .data(try operation.numbers(0))
  }

  /// Combines two truth values, constants among them.
  private static func both(
    _ operation: ONNXOperation, _ kind: PairOperation, _ layer: any MergingLayer
  ) throws -> ONNXValue {
    let values = [try operation.value(0), try operation.value(1)]
    guard values.allSatisfy(isTruth) else {
      throw operation.unsupported("values that are no truth values", expected: "truth values")
    }
    return try combine(values[0], values[1], kind, layer, operation)
  }

  private static func isTruth(_ value: ONNXValue) -> Bool {
    switch value {
    case .data(let x): x.kind == .truth
    case .constant(.integers(let list)): list.areTruthful
    default: false
    }
  }

  /// True for false, and false for true.
  static func negated(_ value: ONNXValue, _ operation: ONNXOperation) throws -> ONNXValue {
    switch value {
    case .constant(.integers(var list)) where list.areTruthful:
      try operation.reading.spend(list.values.count)
      list.values = list.values.map { $0 == 0 ? 1 : 0 }
      return .constant(.integers(list))
    case .data(let x) where x.kind == .truth:
      var result = try operation.call(Rescaling(-1, offset: 1), x)
      result.kind = .truth
      return .data(result)
    default: throw operation.unsupported("values that are no truth values", expected: "truth values")
    }
  }
}
