import NN
import Tensor

extension ONNXOperators {
  static let choices: [String: ONNXBuilder] = ["Where": choice]

  /// The second where a truth value holds, the third elsewhere.
  private static func choice(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let given = try (0..<3).map { try operation.value($0) }
    if case .constant(.integers(let holds)) = given[0] {
      if case .constant(.integers(let a)) = given[1], case .constant(.integers(let b)) = given[2] {
        return [.constant(.integers(try ONNXIntegers.choice(holds, a, b, operation)))]
      }
      if case .constant(.numbers(let a)) = given[1], case .constant(.numbers(let b)) = given[2] {
        return [.constant(.numbers(try chosen(by: holds, a, b, operation)))]
      }
      return [.data(try chosen(by: holds, given[1], given[2], operation))]
    }
    let condition = try operation.data(0)
    guard condition.kind == .truth else {
      throw operation.unsupported("\(condition.kind.rawValue)s", expected: "truth values")
    }
    let values = try (1...2).map { index -> ONNXData in
      switch try operation.value(index) {
      case .data(let data) where data.kind == .number: return data
      case .constant(.numbers(let constant)), .repeated(let constant, _):
        return try fixed(constant, as: condition, operation, part: "constant")
      default: throw operation.unsupported("whole numbers to choose", expected: "numbers of floating point")
      }
    }
    return [.data(try operation.merge(Choice(), [condition] + values))]
  }

  /// A choice between constants.
  private static func chosen(
    by holds: ONNXIntegers, _ a: Tensor<Float>, _ b: Tensor<Float>, _ operation: ONNXOperation
  ) throws -> Tensor<Float> {
    let shape = Shape.broadcast(a.shape, b.shape).flatMap { Shape.broadcast($0, Shape(holds.lengths)) }
    guard let shape, let count = Shape.count(Array(shape)) else {
      throw operation.unsupported("lengths \(holds.lengths), \(a.shape) and \(b.shape)", expected: "lengths that fit")
    }
    try operation.reading.spend(count)
    let inputs = [holds.truths, a, b].map { $0.broadcast(to: shape).scalars }
    return Tensor(shape: shape, scalars: (0..<count).map { inputs[inputs[0][$0] != 0 ? 1 : 2][$0] })
  }

  /// A choice that is the same for all examples.
  private static func chosen(
    by holds: ONNXIntegers, _ first: ONNXValue, _ second: ONNXValue, _ operation: ONNXOperation
  ) throws -> ONNXData {
    let values = [first, second]
    guard
      let reference = values.lazy.compactMap({ if case .data(let data) = $0 { data } else { ONNXData?.none } }).first
    else { throw operation.unsupported("a choice between constants", expected: "a value of the inputs") }
    let parts = try values.enumerated().map { index, value -> ONNXData in
      switch value {
      case .data(let data) where data.kind == .number: return data
      case .constant(.numbers(let constant)), .repeated(let constant, _):
        return try fixed(constant, as: reference, operation, part: "constant\(index)")
      default: throw operation.unsupported("whole numbers to choose", expected: "numbers of floating point")
      }
    }
    let condition = try fixed(holds.truths, as: reference, operation, part: "condition")
    return try operation.merge(Choice(), [condition] + parts)
  }

  /// A constant for each example of a value. No training changes it: it stands for what is left out, or says where.
  private static func fixed(
    _ constant: Tensor<Float>, as reference: ONNXData, _ operation: ONNXOperation, part: String
  ) throws -> ONNXData {
    let (value, aligned) = try operation.aligned(reference, with: constant)
    let layer = ConstantExample(aligned)
    layer.constant.fix()
    return try operation.call(layer, value, axes: value.axes, part: part)
  }
}

extension ONNXIntegers {
  /// 1 where a number is not 0.
  fileprivate var truths: Tensor<Float> { Tensor(shape: Shape(lengths), scalars: values.map { $0 == 0 ? 0 : 1 }) }
}
