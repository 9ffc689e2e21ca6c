import NN
import Serialization
import Tensor

extension ONNXOperators {
  static let shapes: [String: ONNXBuilder] = [
    "Identity": { [try $0.value(0)] }, "Dropout": dropout, "Cast": cast, "Shape": shape, "Size": size,
    "Transpose": { operation in
      let order = try operation.integers("perm")
      switch try operation.value(0) {
      case .data(let x):
        let axes = try operation.permutation(order, rank: x.rank)
        return [.data(x.viewed(as: axes.map { x.axes[$0] }))]
      case .constant(.numbers(let tensor)):
        try operation.reading.spend(tensor.count)
        return [.constant(.numbers(tensor.permuted(try operation.permutation(order, rank: tensor.rank)).contiguous()))]
      case .constant(.integers(let list)):
        let order = try operation.permutation(order, rank: list.lengths.count)
        try operation.reading.spend(list.values.count)
        return [.constant(.integers(list.permuted(order)))]
      default: throw operation.unsupported("a transposition of a repeated constant", expected: "one of a value")
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
    let value = try operation.value(0)
    switch value {
    case .data(var x):
      if x.kind == .number, type == .int64 || type == .int32, operation.onlyChoosesRows { x.kind = .integer }
      let kind = type.isFloating ? ONNXData.Kind.number : type == .bool ? .truth : .integer
      guard
        kind == .number && [.float, .double].contains(type) || kind == x.kind || kind == .integer && x.kind == .truth
      else { throw operation.unsupported("a cast of \(x.kind.rawValue)s to \(type)", expected: "one to float") }
      x.kind = kind
      return [.data(x)]
    case .constant(.integers(let list)):
      guard type.isFloating else {
        guard [.int64, .int32, .bool].contains(type) || list.values.allSatisfy({ (0...127).contains($0.known ?? -1) })
        else {
          throw operation.unsupported("a cast of whole numbers to \(type)", expected: "numbers that fit any type")
        }
        guard type != .bool || list.values.allSatisfy({ $0 == 0 || $0 == 1 }) else {
          throw operation.unsupported("a cast of numbers to truth values", expected: "0 and 1")
        }
        return [value]
      }
      try operation.reading.spend(list.values.count)
      let numbers = try list.values.map { value -> Float in
        guard let number = value.known else {
          throw operation.unsupported("arithmetic with the number of examples", expected: "none")
        }
        return Float(number)
      }
      return [.constant(.numbers(Tensor(shape: Shape(list.lengths), scalars: numbers)))]
    case .constant(.numbers(let tensor)):
      guard !type.isFloating else {
        guard [.float, .double].contains(type) else {
          throw operation.unsupported("a cast to \(type)", expected: "one to float")
        }
        return [value]
      }
      guard tensor.count <= ONNXConstant.mostIntegers,
        tensor.scalars.allSatisfy({ $0.isFinite && abs($0) < 0x1p53 }), type != .bool
      else { throw operation.unsupported("a cast of numbers to \(type)", expected: "numbers that fit") }
      try operation.reading.spend(tensor.count)
      return [
        .constant(.integers(ONNXIntegers(lengths: Array(tensor.shape), values: tensor.scalars.map { .known(Int($0)) })))
      ]
    default: throw operation.unsupported("a cast of a repeated constant", expected: "none")
    }
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
    guard case .data(let x) = value, !x.joined.isEmpty else { return lengths }
    return lengths.map { $0 == .examples ? .multiple : $0 }
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
    case .repeated(let tensor, let batch): tensor.shape.indices.map { $0 == batch ? nil : tensor.shape[$0] }
    case .refused(let error): throw error
    }
  }
}
