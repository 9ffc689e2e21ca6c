import Autograd
import NN
import Serialization
import Tensor

extension ONNXOperators {
  static let arithmetic: [String: ONNXBuilder] = [
    "Add": { try pair($0, .add, Add()) }, "Sub": { try pair($0, .subtract, Subtract()) },
    "Mul": { try pair($0, .multiply, Multiply()) }, "Div": { try pair($0, .divide, PairLayer(.divide)) },
    "Sum": { try several($0, .add) { Add() } }, "Max": { try several($0, .maximum) { Maximum() } },
    "Min": { try several($0, .minimum) { Minimum() } },
    "Mean": { operation in
      let count = operation.node.inputs.count
      let sum = try several(operation, .add) { Add() }
      switch sum[0] {
      case _ where count == 1: return sum
      case .data(let data): return [.data(try operation.call(Rescaling(1 / Float(count)), data, part: "mean"))]
      case .constant(.numbers(let tensor)): return [.constant(.numbers(tensor * (1 / Float(count))))]
      default: throw operation.unsupported("whole numbers", expected: "numbers of floating point")
      }
    },
    "Pow": power, "Mod": remainder,
  ]

  static let comparisons: [String: ONNXBuilder] = [
    "Equal": { try pair($0, .equal, PairLayer(.equal)) }, "Less": { try pair($0, .less, PairLayer(.less)) },
    "LessOrEqual": { try pair($0, .lessOrEqual, PairLayer(.lessOrEqual)) },
    "Greater": { try pair($0, .greater, PairLayer(.greater)) },
    "GreaterOrEqual": { try pair($0, .greaterOrEqual, PairLayer(.greaterOrEqual)) },
  ]

  /// What is left of a division of whole numbers, with the sign of the divisor.
  private static func remainder(_ operation: ONNXOperation) throws -> [ONNXValue] {
    try operation.require("fmod", is: 0)
    guard case .constant(.integers(let a)) = try operation.value(0),
      case .constant(.integers(let b)) = try operation.value(1)
    else { throw operation.unsupported("numbers of the inputs", expected: "constant whole numbers") }
    let rest = try ONNXIntegers.combine(
      a, b,
      { a, b in
        let (rest, overflows) = a.remainderReportingOverflow(dividingBy: b)
        return (rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest, overflows)
      }, operation)
    return [.constant(.integers(rest))]
  }

  private static func pair(
    _ operation: ONNXOperation, _ kind: PairOperation, _ layer: any MergingLayer
  ) throws -> [ONNXValue] {
    guard operation.node.inputs.count == 2 else {
      throw operation.unsupported("\(operation.node.inputs.count) inputs", expected: "2")
    }
    // Version 6 broadcasts as its options say.
    try operation.require("broadcast", is: 0)
    let (a, b) = (try operation.value(0), try operation.value(1))
    return [try combine(a, b, kind, layer, operation)]
  }

  /// Combines any number of inputs, from the first on.
  private static func several(
    _ operation: ONNXOperation, _ kind: PairOperation, _ layer: () -> any MergingLayer
  ) throws -> [ONNXValue] {
    let values = try operation.node.inputs.indices.map { try operation.value($0) }
    let data = values.compactMap { if case .data(let data) = $0, data.kind == .number { data } else { ONNXData?.none } }
    if data.count == values.count, data.count > 1 { return [.data(try operation.merge(layer(), data))] }
    guard let first = values.first else { throw operation.error(.damaged("it has no input")) }
    return [try values.dropFirst().reduce(first) { try combine($0, $1, kind, layer(), operation) }]
  }

  static func combine(
    _ a: ONNXValue, _ b: ONNXValue, _ kind: PairOperation, _ layer: any MergingLayer, _ operation: ONNXOperation
  ) throws -> ONNXValue {
    switch (a, b) {
    case (.constant(let a), .constant(let b)): return .constant(try fold(a, b, kind, operation))
    case (.data(let x), .data(let y)):
      guard x.kind == y.kind else {
        throw operation.unsupported("\(x.kind.rawValue)s and \(y.kind.rawValue)s", expected: "one kind")
      }
      let result = try elements(of: kind, x.kind, operation)
      var merged = try operation.merge(layer, [x, y])
      merged.kind = result
      return .data(merged)
    case (.data(let x), let other):
      return .data(try combine(x, constant(other, beside: x, operation), kind, isFirst: false, operation))
    case (let other, .data(let x)):
      return .data(try combine(x, constant(other, beside: x, operation), kind, isFirst: true, operation))
    case (.repeated(let a, let batch), .constant(let b)):
      return try operation.repeated(fold(a, b, kind, operation), fromEnd: a.lengths.count - batch)
    case (.constant(let a), .repeated(let b, let batch)):
      return try operation.repeated(fold(a, b, kind, operation), fromEnd: b.lengths.count - batch)
    case (.repeated(let a, let first), .repeated(let b, let second)):
      guard a.lengths.count - first == b.lengths.count - second else { throw operation.joinsExamples() }
      return try operation.repeated(fold(a, b, kind, operation), fromEnd: a.lengths.count - first)
    case (.refused(let error), _), (_, .refused(let error)): throw error
    }
  }

  /// What kind of elements an operation makes of two of a kind. Whole numbers in single precision are exact up to 2²⁴.
  private static func elements(
    of kind: PairOperation, _ given: ONNXData.Kind, _ operation: ONNXOperation
  ) throws -> ONNXData.Kind {
    switch (given, kind) {
    case _ where kind.compares: return .truth
    case (.number, _): return .number
    case (.integer, .add), (.integer, .subtract), (.integer, .multiply), (.integer, .maximum), (.integer, .minimum),
      (.shortInteger, .maximum), (.shortInteger, .minimum), (.truth, .multiply), (.truth, .maximum):
      return given
    default: throw operation.unsupported("\(given.rawValue)s", expected: "numbers of floating point")
    }
  }

  /// A constant that is combined with a value of the inputs, and is of its kind.
  private static func constant(
    _ value: ONNXValue, beside x: ONNXData, _ operation: ONNXOperation
  ) throws -> Tensor<Float> {
    switch (value, x.kind) {
    case (.constant(.numbers(let tensor)), .number), (.repeated(.numbers(let tensor), _), .number): return tensor
    case (.constant(.integers(let list)), .integer), (.constant(.integers(let list)), .shortInteger),
      (.constant(.integers(let list)), .truth), (.repeated(.integers(let list), _), .integer):
      guard let numbers = list.exact, x.kind != .truth || list.areTruthful else {
        throw operation.unsupported("whole numbers beyond 2²⁴", expected: "numbers that single precision holds")
      }
      try operation.reading.spend(numbers.count)
      return numbers
    case (_, .number):
      throw operation.unsupported("whole numbers and numbers of the inputs", expected: "numbers of floating point")
    default: throw operation.unsupported("\(x.kind.rawValue)s and other numbers", expected: "one kind")
    }
  }

  /// A value and a constant. One number, and numbers for each feature of what no weight has touched, make a `Rescaling`.
  private static func combine(
    _ x: ONNXData, _ constant: Tensor<Float>, _ kind: PairOperation, isFirst: Bool, _ operation: ONNXOperation
  ) throws -> ONNXData {
    let result = try elements(of: kind, x.kind, operation)
    if !x.joined.isEmpty {
      let numbers = try operation.apart(constant, as: x)
      return try x.apart { try combine($0, numbers, kind, isFirst: isFirst, operation) }
    }
    guard constant.count > 0 else { throw operation.unsupported("a constant without elements", expected: "numbers") }
    let (value, aligned) = try operation.aligned(x, with: constant)
    guard x.kind == .number else {
      // Whole numbers and truth values are counted and compared; no training changes them.
      let layer = ConstantLayer(kind, aligned, isFirst: isFirst)
      layer.constant.fix()
      var whole = try operation.call(layer, value)
      whole.kind = result
      return whole
    }
    let rank = value.example.rank
    if let (scale, offset) = line(aligned.scalars, kind, isFirst: isFirst) {
      if aligned.count == 1 {
        if scale == [1], offset == [0] { return value }
        return try operation.call(Rescaling(scale[0], offset: offset[0]), value)
      }
      let axis = featureAxis(ofExample: value.example) - 1
      let isByFeature = aligned.shape.indices.allSatisfy { aligned.shape[$0] == 1 || $0 == axis }
      if x.isPreprocessing, rank > 0, isByFeature { return try operation.call(Rescaling(scale, offset: offset), value) }
      if rank == 3, aligned.count == value.example[0], aligned.shape == [aligned.count, 1, 1] {
        return try channelwise(value, scale, offset, operation)
      }
    }
    if kind == .maximum, aligned.count == 1, aligned.scalars[0] == 0 {
      return try operation.call(ActivationLayer(.relu), value)
    }
    let isTrimmed = aligned.count == 1
    let layer = ConstantLayer(kind, isTrimmed ? aligned.reshaped(to: Shape([])) : aligned, isFirst: isFirst)
    // A number like this takes a place out of the softmax behind it. No training may bring it back.
    if aligned.scalars.contains(where: { $0 <= maskThreshold }) { layer.constant.fix() }
    var combined = try operation.call(layer, value)
    combined.kind = result
    return combined
  }

  /// The largest number that masks are made of: programs use -100, -10,000, the least number of a type, or minus infinity.
  private static let maskThreshold: Float = -100

  /// A factor and a summand for each channel: a depthwise convolution of single pixels.
  private static func channelwise(
    _ x: ONNXData, _ scale: [Float], _ offset: [Float], _ operation: ONNXOperation
  ) throws -> ONNXData {
    let channels = x.example[0]
    try operation.reading.spend(channels)
    func vector(_ numbers: [Float]) -> Tensor<Float> {
      numbers.count == channels ? Tensor(numbers) : Tensor(repeating: numbers[0], shape: [channels])
    }
    let axis = x.axes.firstIndex(of: 1) ?? 1
    let bias = offset == [0] ? try operation.bias(2, axis: axis, count: channels, rank: x.rank) : vector(offset)
    let layer = DepthwiseConv2D(kernelSize: 1, useBias: bias != nil)
    layer.weight.set(vector(scale).reshaped(to: [channels, 1, 1, 1]))
    layer.bias?.set(bias)
    return try operation.call(layer, x)
  }

  /// The factors and summands of what is a line of x.
  private static func line(
    _ c: [Float], _ kind: PairOperation, isFirst: Bool
  ) -> (scale: [Float], offset: [Float])? {
    switch (kind, isFirst) {
    case (.add, _): ([1], c)
    case (.subtract, false): ([1], c.map { -$0 })
    case (.subtract, true): ([-1], c)
    case (.multiply, _): (c, [0])
    case (.divide, false): c.allSatisfy { $0 != 0 && (1 / $0).isFinite } ? (c.map { 1 / $0 }, [0]) : nil
    default: nil
    }
  }

  private static func fold(
    _ a: ONNXConstant, _ b: ONNXConstant, _ kind: PairOperation, _ operation: ONNXOperation
  ) throws -> ONNXConstant {
    switch (a, b) {
    case (.numbers(let x), .numbers(let y)):
      guard let shape = Shape.broadcast(x.shape, y.shape), let count = Shape.count(Array(shape)) else {
        throw operation.unsupported("constants \(x.shape) and \(y.shape)", expected: "shapes that fit")
      }
      try operation.reading.spend(count)
      let result = kind(Variable(x), Variable(y)).value
      guard kind.compares else { return .numbers(result) }
      return .integers(
        ONNXIntegers(lengths: Array(shape), values: result.scalars.map { $0 == 0 ? 0 : 1 }, areTruths: true))
    case (.integers(let x), .integers(let y)) where kind == .multiply:
      return .integers(try ONNXIntegers.product(x, y, operation))
    case (.integers(let x), .integers(let y)) where kind == .divide:
      return .integers(try ONNXIntegers.quotient(x, y, operation))
    case (.integers(let x), .integers(let y)) where kind == .equal:
      return .integers(try ONNXIntegers.equality(x, y, operation))
    case (.integers(let x), .integers(let y)):
      return .integers(
        try ONNXIntegers.combine(
          x, y,
          { a, b in
            switch kind {
            case .add: a.addingReportingOverflow(b)
            case .subtract: a.subtractingReportingOverflow(b)
            case .multiply: a.multipliedReportingOverflow(by: b)
            case .divide: a.dividedReportingOverflow(by: b)
            case .maximum: (max(a, b), false)
            case .minimum: (min(a, b), false)
            case .equal: (a == b ? 1 : 0, false)
            case .less: (a < b ? 1 : 0, false)
            case .lessOrEqual: (a <= b ? 1 : 0, false)
            case .greater: (a > b ? 1 : 0, false)
            case .greaterOrEqual: (a >= b ? 1 : 0, false)
            }
          }, operation))
    default: throw operation.unsupported("whole numbers and numbers of floating point", expected: "one kind")
    }
  }

  private static func power(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let exponent: Float
    switch try operation.value(1) {
    case .constant(.numbers(let tensor)) where tensor.count == 1: exponent = tensor.scalars[0]
    case .constant(.integers(let list)) where list.values.count == 1:
      exponent = list.values[0].known.map { Float($0) } ?? .nan
    default: throw operation.unsupported("an exponent that is no constant number", expected: "one")
    }
    switch exponent {
    case 2: return try operation.applyFunction(.squared)
    case 3: return try operation.applyFunction(.cubed)
    case 1: return [try operation.value(0)]
    case 0.5: return try operation.applyFunction(.squareRoot)
    case -1: return try operation.applyFunction(.reciprocal)
    default:
      guard exponent.isFinite else { throw operation.unsupported("the exponent \(exponent)", expected: "a number") }
      return try operation.applyFunction(.power(exponent))
    }
  }
}
