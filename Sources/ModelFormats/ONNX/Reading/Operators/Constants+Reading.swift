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
      case .data(let x): return [.data(try operation.expanded(x, to: operation.lengths(lengths)))]
      default: throw operation.unsupported("a repeated constant", expected: "a constant or a value")
      }
    },
    "Trilu": triangle,
    "Range": { operation in
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
    },
  ]

  /// The part of a constant matrix above or below a diagonal, zeros elsewhere.
  private static func triangle(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let isUpper = try operation.flag("upper", default: true)
    let offset = operation.has(1) ? try operation.list(1).first ?? 0 : 0
    let matrix = try operation.weight(0)
    guard matrix.rank >= 2, offset.magnitude <= Int32.max else {
      throw operation.unsupported("\(matrix.rank) axes and a diagonal \(offset)", expected: "matrices")
    }
    // Matrices may be large and their number 0.
    guard matrix.count > 0 else { return [.constant(.numbers(matrix))] }
    try operation.reading.spend(matrix.count)
    let (rows, columns) = (matrix.shape[matrix.rank - 2], matrix.shape[matrix.rank - 1])
    let left = (0..<rows * columns).map { place -> Float in
      let distance = place % columns - place / columns
      let isKept = isUpper ? distance >= offset : distance <= offset
      return isKept ? 0 : 1
    }
    // Infinity times 0 would be no number.
    let isLeft = Tensor(shape: [rows, columns], scalars: left).broadcast(to: matrix.shape) .> 0
    return [.constant(.numbers(matrix.replacing(with: 0, where: isLeft)))]
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
    switch constant {
    case .numbers(let tensor):
      let full = tensor.broadcast(to: shape).contiguous()
      guard let batch = target.firstIndex(of: nil) else { return .constant(.numbers(full)) }
      guard shape.rank == target.count, shape[batch] == 1 else {
        throw unsupported("constants that differ by example", expected: "the same for all")
      }
      return .repeated(full, batch: batch)
    case .integers(let list):
      let one = ONNXIntegers(lengths: Array(shape), values: Array(repeating: 0, count: count))
      guard !target.contains(nil) else { throw unsupported("whole numbers for each example", expected: "numbers") }
      return .constant(.integers(try ONNXIntegers.combine(one, list, { ($1, false) }, self)))
    }
  }

  /// A value repeated along axes of length 1.
  fileprivate func expanded(_ x: ONNXData, to target: [Int?]) throws -> ONNXData {
    guard target.count <= x.rank else { throw unsupported("\(target.count) axes", expected: "\(x.rank)") }
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
