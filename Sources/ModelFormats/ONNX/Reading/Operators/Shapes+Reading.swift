import NN
import Serialization
import Tensor

extension ONNXOperators {
  static let shapes: [String: ONNXBuilder] = [
    "Identity": { [try $0.value(0)] }, "Dropout": dropout, "Cast": cast, "Shape": shape, "Size": size,
    "Transpose": { operation in
      let order = try operation.integers("perm")
      let value = try operation.value(0)
      let axes = try operation.permutation(order, rank: operation.lengths(of: value).count)
      switch value {
      case .data(let x): return [.data(x.viewed(as: axes.map { x.axes[$0] }))]
      case .constant(let constant): return [.constant(try operation.permuted(constant, axes))]
      case .repeated(let constant, let batch):
        let place = axes.firstIndex(of: batch) ?? batch
        return [.repeated(try operation.permuted(constant, axes), batch: place)]
      case .refused(let error): throw error
      }
    },
    "Flatten": { operation in
      let axis = try operation.integer("axis", default: 1)
      let value = try operation.value(0)
      let lengths = try operation.lengths(of: value)
      let split = axis == lengths.count ? axis : try operation.axis(axis, rank: lengths.count)
      let parts = [lengths[..<split], lengths[split...]]
      let target = try parts.map { part -> Int? in
        if part.contains(nil) {
          guard part.count(where: { $0 != 1 }) == 1 else { throw operation.joinsExamples() }
          return nil
        }
        return Shape.count(part.compactMap(\.self)) ?? -1
      }
      return [try operation.reshaped(value, to: target)]
    },

    "Squeeze": { operation in
      let value = try operation.value(0)
      let lengths = try operation.lengths(of: value)
      let axes = try operation.axes(input: 1, rank: lengths.count) ?? lengths.indices.filter { lengths[$0] == 1 }
      guard axes.allSatisfy({ lengths[$0] == 1 }) else {
        throw operation.unsupported(
          "axes \(axes) of \(lengths.map { $0.map(String.init) ?? "N" })", expected: "axes of length 1")
      }
      return [try operation.reshaped(value, to: lengths.indices.filter { !axes.contains($0) }.map { lengths[$0] })]
    },
    "Unsqueeze": { operation in
      let value = try operation.value(0)
      var lengths = try operation.lengths(of: value)
      let attribute = try operation.integers("axes")
      guard let given = operation.has(1) ? try operation.list(1) : attribute else {
        throw operation.error(.damaged("it has no axes"))
      }
      let rank = lengths.count + given.count
      guard rank <= ONNXData.mostAxes else {
        throw operation.unsupported("\(rank) axes", expected: "\(ONNXData.mostAxes) or fewer")
      }
      for axis in try given.map({ try operation.axis($0, rank: rank) }).sorted() {
        guard axis <= lengths.count else { throw operation.unsupported("axes \(given)", expected: "each once") }
        lengths.insert(1, at: axis)
      }
      return [try operation.reshaped(value, to: lengths)]
    },
  ]

  private static func dropout(_ operation: ONNXOperation) throws -> [ONNXValue] {
    var rate = try operation.float("ratio", default: 0.5)
    _ = try operation.integer("seed", default: 0)
    _ = try operation.integer("is_test", default: 1)
    if operation.has(1) { rate = try operation.weight(1).scalars.first ?? rate }
    if operation.has(2), try operation.list(2) != [0] {
      throw operation.unsupported("dropout in training", expected: "dropout that does nothing")
    }
    guard case .data(let x) = try operation.value(0), (0...1).contains(rate), x.kind == .number else {
      return [try operation.value(0)]
    }
    return [.data(try operation.call(Dropout(rate), x))]
  }

  private static func cast(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let number = try operation.integer("to", default: 0)
    _ = try operation.integer("saturate", default: 1)
    guard let type = ONNXElementType(rawValue: number), type.byteCount != nil else {
      throw operation.unsupported("a cast to type \(number)", expected: "one to numbers")
    }
    switch try operation.value(0) {
    case .data(var x):
      if x.kind == .number, type == .int64 || type == .int32, operation.onlyChoosesRows { x.kind = .integer }
      let kind = ONNXData.Kind(type)
      if kind == .integer, x.kind == .number {
        // The fraction is cut off, towards 0.
        let size = try operation.call(FunctionLayer(.absolute), x, part: "absolute")
        let whole = try operation.call(FunctionLayer(.mapped(.floor)), size, part: "floor")
        let sign = try operation.call(FunctionLayer(.mapped(.sign)), x, part: "sign")
        x = try operation.merge(Multiply(), [whole, sign])
        x.kind = kind
      }
      if kind == .truth, x.kind != .truth { return [try nonzero(.data(x), x.kind, operation)] }
      let isWider = x.kind == .truth || (x.kind == .shortInteger && kind == .integer)
      guard kind == .number && [.float, .double].contains(type) || kind == x.kind || isWider && kind != .number else {
        throw operation.unsupported("a cast of \(x.kind.rawValue)s to \(type)", expected: "one to float")
      }
      x.kind = kind
      return [.data(x)]
    case .constant(let constant): return [.constant(try cast(constant, to: type, operation))]
    case .repeated(let constant, let batch): return [.repeated(try cast(constant, to: type, operation), batch: batch)]
    case .refused(let error): throw error
    }
  }

  private static func cast(
    _ constant: ONNXConstant, to type: ONNXElementType, _ operation: ONNXOperation
  ) throws -> ONNXConstant {
    switch constant {
    case .integers(let list):
      if type == .bool, !list.areTruthful { return try nonzero(constant, .integer, operation) }
      guard type.isFloating else {
        guard [.int64, .int32, .bool].contains(type) || list.values.allSatisfy({ (0...127).contains($0.known ?? -1) })
        else {
          throw operation.unsupported("a cast of whole numbers to \(type)", expected: "numbers that fit any type")
        }
        return constant
      }
      try operation.reading.spend(list.values.count)
      let numbers = try list.values.map { value -> Float in
        guard let number = value.known else {
          throw operation.unsupported("arithmetic with the number of examples", expected: "none")
        }
        return Float(number)
      }
      return .numbers(Tensor(shape: Shape(list.lengths), scalars: numbers))
    case .numbers(let tensor):
      if type == .bool { return try nonzero(constant, .number, operation) }
      guard !type.isFloating else {
        guard [.float, .double].contains(type) else {
          throw operation.unsupported("a cast to \(type)", expected: "one to float")
        }
        return constant
      }
      guard tensor.count <= ONNXConstant.mostIntegers,
        tensor.scalars.allSatisfy({ $0.isFinite && abs($0) < 0x1p53 })
      else { throw operation.unsupported("a cast of numbers to \(type)", expected: "numbers that fit") }
      try operation.reading.spend(tensor.count)
      return .integers(ONNXIntegers(lengths: Array(tensor.shape), values: tensor.scalars.map { .known(Int($0)) }))
    }
  }

  /// True for each element that is not 0.
  private static func nonzero(
    _ value: ONNXValue, _ kind: ONNXData.Kind, _ operation: ONNXOperation
  ) throws -> ONNXValue {
    let zero: ONNXConstant =
      kind == .number ? .numbers(Tensor(scalar: 0)) : .integers(ONNXIntegers(lengths: [], values: [0]))
    return try negated(combine(value, .constant(zero), .equal, PairLayer(.equal), operation), operation)
  }

  private static func nonzero(
    _ constant: ONNXConstant, _ kind: ONNXData.Kind, _ operation: ONNXOperation
  ) throws -> ONNXConstant {
    guard case .constant(let result) = try nonzero(.constant(constant), kind, operation) else { return constant }
    return result
  }

  private static func shape(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let value = try operation.value(0)
    let lengths = try operation.numbers(ofLengthsOf: value)
    func place(_ index: Int) -> Int { min(max(index < 0 ? index + lengths.count : index, 0), lengths.count) }
    let start = place(try operation.integer("start", default: 0))
    let end = place(try operation.integer("end", default: lengths.count))
    let part = Array(lengths[start..<max(start, end)])
    return [.constant(.integers(ONNXIntegers(lengths: [part.count], values: part)))]
  }

  private static func size(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let lengths = try operation.lengths(of: operation.value(0))
    guard !lengths.contains(nil) else {
      throw operation.unsupported("arithmetic with the number of examples", expected: "none")
    }
    return [
      .constant(.integers(ONNXIntegers(lengths: [], values: [.known(Shape.count(lengths.compactMap(\.self)) ?? 0)])))
    ]
  }
}

extension Shape {
  /// The number of elements of a tensor with these lengths; `nil` for lengths that are not possible.
  ///
  /// Lengths beside a 0 are bounded too, as other lengths are computed from them: 2⁴⁶ is what a processor can address.
  static func count(_ lengths: [Int]) -> Int? {
    let bound = Shape(lengths.map { Swift.max($0, 1) }).elementCountIfRepresentable
    guard lengths.allSatisfy({ $0 >= 0 }), let bound, bound <= 1 << 46 else { return nil }
    return lengths.contains(0) ? 0 : bound
  }
}

extension ONNXOperation {
  /// Whether the whole numbers that this node makes only choose rows of a table, as Kilim's `Embedding` does with numbers.
  fileprivate var onlyChoosesRows: Bool {
    guard let name = node.outputs.first, let next = reading.onlyTaker(of: name)?.node else { return false }
    return next.operation == "Gather" && next.inputs.count == 2 && next.inputs[1] == name
  }

  /// The length of each axis of a value as numbers of the graph.
  func numbers(ofLengthsOf value: ONNXValue) throws -> [ONNXNumber] {
    let lengths = try lengths(of: value).map { $0.map(ONNXNumber.known) ?? .examples }
    guard case .data(let x) = value else { return lengths }
    return lengths.map { $0 == .examples ? .times(x.joinedFactor) : $0 }
  }

  /// A constant with its axes in another order.
  fileprivate func permuted(_ constant: ONNXConstant, _ axes: [Int]) throws -> ONNXConstant {
    try reading.spend(constant.count)
    return switch constant {
    case .numbers(let tensor): .numbers(tensor.permuted(axes).contiguous())
    case .integers(let list): .integers(list.permuted(axes))
    }
  }

  fileprivate func permutation(_ order: [Int]?, rank: Int) throws -> [Int] {
    let order = order ?? Array((0..<rank).reversed())
    guard order.sorted() == Array(0..<rank) else {
      throw unsupported("perm = \(order)", expected: "\(rank) axes, each once")
    }
    return order
  }

  /// The length of each axis of a value; `nil` for the examples.
  func lengths(of value: ONNXValue) throws -> [Int?] {
    switch value {
    case .constant(let constant): constant.lengths.map { Int?($0) }
    case .data(let data): data.lengths
    case .repeated(let constant, let batch): constant.lengths.enumerated().map { $0 == batch ? nil : $1 }
    case .refused(let error): throw error
    }
  }
}
