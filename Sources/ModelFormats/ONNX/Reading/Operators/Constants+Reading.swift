import NN
import Serialization
import Tensor

extension ONNXOperators {
  static let constants: [String: ONNXBuilder] = [
    "Constant": { operation in
      let attribute = try operation.onlyAttribute()
      switch attribute.value {
      case .tensor(let tensor): return [.constant(try ONNXConstant(tensor))]
      case .float(let number): return [.constant(.numbers(Tensor(scalar: number)))]
      case .floats(let numbers): return [.constant(.numbers(Tensor(numbers)))]
      case .integer(let number): return [.constant(.integers(ONNXIntegers(lengths: [], values: [.known(number)])))]
      case .integers(let numbers):
        return [.constant(.integers(ONNXIntegers(lengths: [numbers.count], values: numbers.map { .known($0) })))]
      default: throw operation.unsupported("a constant in the attribute \(attribute.name)", expected: "numbers")
      }
    },
    "ConstantOfShape": { operation in
      guard case .constant(.integers(let lengths)) = try operation.value(0) else {
        throw operation.unsupported("a shape that depends on the inputs", expected: "a constant one")
      }
      let filler = try operation.tensor("value") ?? .numbers(Tensor(scalar: 0))
      guard filler.count == 1 else { throw operation.unsupported("\(filler.count) values", expected: "1") }
      return [try operation.repeated(filler, to: operation.lengths(lengths))]
    },
    "Expand": { operation in
      guard case .constant(.integers(let lengths)) = try operation.value(1) else {
        throw operation.unsupported("a shape that depends on the inputs", expected: "a constant one")
      }
      switch try operation.value(0) {
      case .constant(let constant): return [try operation.repeated(constant, to: operation.lengths(lengths))]
      case .data(let x): return [.data(try operation.expanded(x, to: operation.lengths(lengths, of: x)))]
      default: throw operation.unsupported("a repeated constant", expected: "a constant or a value")
      }
    },
    "Trilu": triangle, "Range": range,
  ]

  /// The numbers from a start on, in steps, that lie before an end.
  private static func range(_ operation: ONNXOperation) throws -> [ONNXValue] {
    if case .constant(.numbers) = try operation.value(0) { return [try rangeOfNumbers(operation)] }
    let numbers = try (0..<3).map { try operation.list($0) }
    guard numbers.allSatisfy({ $0.count == 1 }), numbers[2][0] != 0 else {
      throw operation.unsupported("\(numbers)", expected: "a start, an end and a step that is not 0")
    }
    let (start, end, step) = (numbers[0][0], numbers[1][0], numbers[2][0])
    let (distance, overflows) = end.subtractingReportingOverflow(start)
    guard !overflows, distance != .min, step != .min else {
      throw operation.unsupported("\(numbers)", expected: "smaller numbers")
    }
    let count = (distance > 0) == (step > 0) && distance != 0 ? (abs(distance) - 1) / abs(step) + 1 : 0
    try operation.reading.spend(count)
    let values = (0..<count).map { ONNXNumber.known(start + $0 * step) }
    return [.constant(.integers(ONNXIntegers(lengths: [count], values: values)))]
  }

  /// Numbers of floating point. The count is that of ONNX: the distance in steps, rounded up.
  private static func rangeOfNumbers(_ operation: ONNXOperation) throws -> ONNXValue {
    let numbers = try (0..<3).map { try operation.weight($0) }
    guard numbers.allSatisfy({ $0.count == 1 }) else {
      throw operation.unsupported("\(numbers.map(\.count)) numbers", expected: "a start, an end and a step")
    }
    let (start, end, step) = (numbers[0].scalars[0], numbers[1].scalars[0], numbers[2].scalars[0])
    guard let count = Int(exactly: ((Double(end) - Double(start)) / Double(step)).rounded(.up)) else {
      throw operation.unsupported("\(start), \(end) and \(step)", expected: "numbers, with a step that is not 0")
    }
    try operation.reading.spend(max(count, 0))
    return .constant(.numbers(Tensor((0..<max(count, 0)).map { start + Float($0) * step })))
  }

  /// The part of a matrix above or below a diagonal, zeros elsewhere.
  private static func triangle(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let isUpper = try operation.flag("upper", default: true)
    let offset = operation.has(1) ? try operation.list(1).first ?? 0 : 0
    let value = try operation.value(0)
    let lengths = try operation.lengths(of: value)
    guard lengths.count >= 2, offset.magnitude <= Int32.max, let rows = lengths[lengths.count - 2],
      let columns = lengths[lengths.count - 1]
    else {
      throw operation.unsupported(
        "\(lengths.count) axes and a diagonal \(offset)", expected: "matrices in each example")
    }
    // Matrices may be large and their number 0.
    if case .constant(let constant) = value, constant.count == 0 { return [value] }
    let (area, overflows) = rows.multipliedReportingOverflow(by: columns)
    guard !overflows else { throw operation.unsupported("matrices \(rows) x \(columns)", expected: "smaller ones") }
    try operation.reading.spend(area)
    let kept = (0..<area).map { place -> ONNXNumber in
      let distance = place % columns - place / columns
      return (isUpper ? distance >= offset : distance <= offset) ? 1 : 0
    }
    let isKept = ONNXIntegers(lengths: [rows, columns], values: kept)
    let zero = ONNXIntegers(lengths: [], values: [0])
    switch value {
    case .constant(.integers(let list)):
      return [.constant(.integers(try ONNXIntegers.choice(isKept, list, zero, operation)))]
    case .constant(.numbers(let matrix)):
      // Infinity times 0 would be no number.
      return [.constant(.numbers(try chosen(by: isKept, matrix, Tensor(scalar: 0), operation)))]
    case .data(let x):
      let filler: ONNXConstant = x.kind == .number ? .numbers(Tensor(scalar: 0)) : .integers(zero)
      return [.data(try chosen(by: isKept, value, .constant(filler), operation))]
    default: throw operation.unsupported("a repeated constant", expected: "a constant or a value")
    }
  }
}

extension ONNXOperation {
  /// A constant in an attribute.
  fileprivate func tensor(_ name: String) throws -> ONNXConstant? {
    guard let value = allAttributes()[name] else { return nil }
    guard case .tensor(let tensor) = value else { throw unsupported("the attribute \(name)", expected: "a tensor") }
    return try ONNXConstant(tensor)
  }

  /// A constant repeated along axes of length 1; `nil` is the number of examples.
  fileprivate func repeated(_ constant: ONNXConstant, to target: [Int?]) throws -> ONNXValue {
    let lengths = target.map { $0 ?? 1 }
    guard lengths.count <= ONNXData.mostAxes, target.count(where: { $0 == nil }) <= 1, Shape.count(lengths) != nil,
      let shape = Shape.broadcast(Shape(lengths), Shape(constant.lengths)), let count = Shape.count(Array(shape))
    else { throw unsupported("the lengths \(constant.lengths) and \(lengths)", expected: "lengths that fit") }
    try reading.spend(count)
    let full: ONNXConstant
    switch constant {
    case .numbers(let tensor): full = .numbers(tensor.broadcast(to: shape).contiguous())
    case .integers(let list):
      let one = ONNXIntegers(lengths: Array(shape), values: Array(repeating: 0, count: count))
      full = .integers(try ONNXIntegers.combine(one, list, { ($1, false) }, self))
    }
    guard let batch = target.firstIndex(of: nil) else { return .constant(full) }
    return try repeated(full, fromEnd: target.count - batch)
  }

  /// The lengths that whole numbers are; `nil` for the examples, and for what a value joins with them.
  fileprivate func lengths(_ list: ONNXIntegers, of x: ONNXData) throws -> [Int?] {
    guard !x.joined.isEmpty else { return try lengths(list) }
    return try list.values.map { number in
      guard let factor = number.factor else { return number.known }
      guard factor == x.joinedFactor else { throw joinsExamples() }
      return nil
    }
  }

  /// A value repeated along axes of length 1, also along new ones in front.
  fileprivate func expanded(_ given: ONNXData, to target: [Int?]) throws -> ONNXData {
    guard target.count <= ONNXData.mostAxes else {
      throw unsupported("\(target.count) axes", expected: "\(ONNXData.mostAxes) or fewer")
    }
    let x = given.viewed(as: Array(repeating: nil, count: max(target.count - given.rank, 0)) + given.axes)
    let wanted = x.lengths.dropLast(target.count) + target
    let counts = try zip(x.lengths, wanted).map { own, wanted -> Int in
      if wanted == own || wanted == 1 { return 1 }
      guard own == 1, let count = wanted, (1...Int(Int32.max)).contains(count) else {
        throw unsupported(
          "\(x.lengths.map { $0 ?? -1 }) as \(target.map { $0 ?? -1 })", expected: "axes of length 1 that become longer"
        )
      }
      return count
    }
    return try tiled(x, counts)
  }
}
