import NN
import Tensor

extension ONNXOperators {
  static let choices: [String: ONNXBuilder] = ["Where": choice]

  /// The second where a truth value holds, the third elsewhere.
  private static func choice(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let given = try (0..<3).map { try operation.value($0) }
    switch given[0] {
    case .constant(.integers(let holds)):
      if case .constant(.integers(let a)) = given[1], case .constant(.integers(let b)) = given[2] {
        return [.constant(.integers(try ONNXIntegers.choice(holds, a, b, operation)))]
      }
      if case .constant(.numbers(let a)) = given[1], case .constant(.numbers(let b)) = given[2] {
        return [.constant(.numbers(try chosen(by: holds, a, b, operation)))]
      }
      return [.data(try chosen(by: holds, given[1], given[2], operation))]
    case .repeated(.integers(let holds), _): return [.data(try chosen(by: holds, given[1], given[2], operation))]
    case .data(let condition) where condition.kind == .truth:
      return [.data(try chosen(by: given[0], given[1], given[2], operation))]
    default: throw operation.unsupported("a condition that is no truth value", expected: "one")
    }
  }

  /// A choice between constants.
  static func chosen(
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
  static func chosen(
    by holds: ONNXIntegers, _ first: ONNXValue, _ second: ONNXValue, _ operation: ONNXOperation
  ) throws -> ONNXData {
    try chosen(by: .constant(.numbers(holds.truths)), first, second, operation)
  }

  /// A choice in which a value of the inputs takes part.
  private static func chosen(
    by condition: ONNXValue, _ first: ONNXValue, _ second: ONNXValue, _ operation: ONNXOperation
  ) throws -> ONNXData {
    let kind = try kind(of: [first, second], operation)
    let values = try [condition, first, second].map { value -> ONNXValue in
      switch value {
      case .constant(.integers(let list)), .repeated(.integers(let list), _):
        guard let numbers = list.exact else {
          throw operation.unsupported("whole numbers beyond 2²⁴", expected: "numbers that single precision holds")
        }
        return .constant(.numbers(numbers))
      default: return value
      }
    }
    var result = try chosen(values, operation)
    result.kind = kind
    return result
  }

  /// What kind of elements two values have, from which is chosen.
  private static func kind(of values: [ONNXValue], _ operation: ONNXOperation) throws -> ONNXData.Kind {
    var kinds: [ONNXData.Kind] = []
    var hasWhole = false
    for value in values {
      switch value {
      case .data(let x): kinds.append(x.kind)
      case .constant(.integers), .repeated(.integers, _): hasWhole = true
      default: kinds.append(.number)
      }
    }
    let kind = kinds.first ?? .integer
    guard kinds.allSatisfy({ $0 == kind }), !hasWhole || kind != .number else {
      throw operation.unsupported("values of several kinds to choose", expected: "values of one kind")
    }
    return kind
  }

  /// A condition and two values, all in numbers.
  private static func chosen(_ values: [ONNXValue], _ operation: ONNXOperation) throws -> ONNXData {
    let data = values.compactMap { if case .data(let data) = $0 { data } else { ONNXData?.none } }
    guard let reference = data.first else {
      throw operation.unsupported("a choice between constants", expected: "a value of the inputs")
    }
    guard data.allSatisfy(\.joined.isEmpty) else {
      return try operation.apart(data) { apart in
        var rest = apart.makeIterator()
        let parts = try values.map { value -> ONNXValue in
          switch value {
          case .data: rest.next().map { .data($0) } ?? value
          case .constant(.numbers(let tensor)): .constant(.numbers(try operation.apart(tensor, as: reference)))
          default: throw operation.joinsExamples()
          }
        }
        return try chosen(parts, operation)
      }
    }
    let names = ["condition", "constant0", "constant1"]
    let parts = try zip(names, values).map { name, value -> ONNXData in
      switch value {
      case .data(let data): return data
      case .constant(.numbers(let constant)), .repeated(.numbers(let constant), _):
        return try fixed(constant, as: reference, operation, part: name)
      default: throw operation.unsupported("such values to choose", expected: "numbers")
      }
    }
    return try operation.merge(Choice(), parts)
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
