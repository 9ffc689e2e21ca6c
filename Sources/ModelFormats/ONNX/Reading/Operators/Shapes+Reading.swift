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
      case .constant(.integers(let list)) where list.lengths.count <= 1: return [.constant(.integers(list))]
      default: throw operation.unsupported("a transposition of whole numbers", expected: "one of numbers")
      }
    },
    "Flatten": { operation in
      let axis = try operation.integer("axis", default: 1)
      let value = try operation.value(0)
      let lengths = try operation.lengths(of: value)
      let split = axis == lengths.count ? axis : try operation.axis(axis, rank: lengths.count)
      let parts = [lengths[..<split], lengths[split...]]
      let target = try parts.map { part -> Int? in
        if part.contains(nil) { return part.count(where: { $0 != 1 }) == 1 ? nil : try operation.joinsExamples() }
        return Shape.count(part.compactMap(\.self)) ?? -1
      }
      return [try operation.reshaped(value, to: target)]
    },
    "Reshape": reshape,
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
        guard [.int64, .int32, .bool].contains(type) || list.values.allSatisfy({ (0...127).contains($0 ?? -1) }) else {
          throw operation.unsupported("a cast of whole numbers to \(type)", expected: "numbers that fit any type")
        }
        guard type != .bool || list.values.allSatisfy({ $0 == 0 || $0 == 1 }) else {
          throw operation.unsupported("a cast of numbers to truth values", expected: "0 and 1")
        }
        return [value]
      }
      let numbers = try list.values.map { value -> Float in
        guard let value else { throw operation.unsupported("arithmetic with the number of examples", expected: "none") }
        return Float(value)
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
      return [.constant(.integers(ONNXIntegers(lengths: Array(tensor.shape), values: tensor.scalars.map { Int($0) })))]
    default: throw operation.unsupported("a cast of a repeated constant", expected: "none")
    }
  }

  private static func shape(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let lengths = try operation.lengths(of: operation.value(0))
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
    return [.constant(.integers(ONNXIntegers(lengths: [], values: [Shape.count(lengths.compactMap(\.self))])))]
  }

  /// 0 keeps a length, -1 is what remains.
  private static func reshape(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let keepsZero = try operation.flag("allowzero")
    var value = try operation.value(0)
    if case .data(let x) = value, !x.rows.isEmpty { value = .data(x.takenApart) }
    let lengths = try operation.lengths(of: value)
    var given = try operation.integers("shape").map { $0.map { Int?($0) } }
    if operation.has(1) {
      guard case .constant(.integers(let list)) = try operation.value(1) else {
        throw operation.unsupported("a shape that depends on the inputs", expected: "a constant one")
      }
      given = list.values
    }
    guard let given else { throw operation.error(.damaged("it has no shape")) }
    var target = try given.enumerated().map { axis, length -> Int? in
      guard let length, length == 0, !keepsZero else { return length }
      guard axis < lengths.count else { throw operation.unsupported("a shape \(given)", expected: "one that fits") }
      return lengths[axis]
    }
    if let open = target.firstIndex(of: -1) {
      let known = target.indices.filter { $0 != open && target[$0] != nil }.map { target[$0] ?? 1 }
      guard let product = Shape.count(known), let total = Shape.count(lengths.compactMap(\.self)), product > 0,
        total % product == 0
      else {
        throw operation.unsupported("a shape \(given.map { $0.map(String.init) ?? "N" })", expected: "one that fits")
      }
      if lengths.contains(nil), !target.contains(nil) {
        if total != product, case .data(let x) = value, open == 0, let rows = operation.rows(of: x, target) {
          return [.data(rows)]
        }
        // The examples are what remains.
        guard total == product else {
          _ = try operation.joinsExamples()
          return []
        }
        target[open] = nil
      } else {
        target[open] = total / product
      }
    } else if lengths.first == .some(nil), !target.contains(nil), target.count > 1,
      Shape.count(target.dropFirst().compactMap(\.self)) == Shape.count(lengths.compactMap(\.self))
    {
      // A file that was written for a fixed number of examples.
      target[0] = nil
    }
    return [try operation.reshaped(value, to: target)]
  }
}

extension Shape {
  /// The number of elements of a tensor with these lengths; `nil` for lengths that are not possible.
  static func count(_ lengths: [Int]) -> Int? {
    lengths.allSatisfy { $0 >= 0 } ? Shape(lengths).elementCountIfRepresentable : nil
  }
}

extension ONNXOperation {
  /// Whether the whole numbers that this node makes only choose rows of a table, as Kilim's `Embedding` does with numbers.
  fileprivate var onlyChoosesRows: Bool {
    guard let name = node.outputs.first, let next = reading.onlyTaker(of: name)?.node else { return false }
    return next.operation == "Gather" && next.inputs.count == 2 && next.inputs[1] == name
  }

  fileprivate func joinsExamples() throws -> Int? {
    throw unsupported("an axis that joins examples and other elements", expected: "an axis of the examples alone")
  }

  /// The examples and the axes behind them as rows, where only the last axes stay: [N, T, F] as [N · T, F].
  fileprivate func rows(of x: ONNXData, _ target: [Int?]) -> ONNXData? {
    let count = x.rank - target.count + 1
    guard count > 1, target.count > 1, x.batchAxis == 0, x.lengths.suffix(target.count - 1) == target.dropFirst()
    else { return nil }
    return x.joined(count)
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

  /// A value with the same elements, in their order, in other axes.
  func reshaped(_ value: ONNXValue, to target: [Int?]) throws -> ONNXValue {
    guard target.count <= ONNXData.mostAxes else {
      throw unsupported("\(target.count) axes", expected: "\(ONNXData.mostAxes) or fewer")
    }
    switch value {
    case .data(let data): return .data(try reshaped(data, to: target))
    case .constant(let constant):
      let lengths = target.map { $0 ?? -1 }
      guard Shape.count(lengths) == constant.count else {
        throw unsupported("\(constant.count) elements in the axes \(lengths)", expected: "as many")
      }
      switch constant {
      case .numbers(let tensor): return .constant(.numbers(tensor.reshaped(to: lengths)))
      case .integers(var list):
        list.lengths = lengths
        return .constant(.integers(list))
      }
    case .repeated(let tensor, _):
      guard let batch = target.firstIndex(of: nil), target.compactMap(\.self).count == target.count - 1,
        Shape.count(target.compactMap(\.self)) == tensor.count
      else {
        _ = try joinsExamples()
        return value
      }
      return .repeated(tensor.reshaped(to: target.map { $0 ?? 1 }), batch: batch)
    case .refused(let error): throw error
    }
  }

  private func reshaped(_ data: ONNXData, to target: [Int?]) throws -> ONNXData {
    let long = data.axes.indices.filter { data.lengths[$0] != 1 }
    if long.map({ data.lengths[$0] }) == target.filter({ $0 != 1 }) {
      // Only axes of length 1 come or go.
      var rest = long.makeIterator()
      return data.viewed(as: target.map { $0 == 1 ? nil : rest.next().flatMap { data.axes[$0] } })
    }
    let known = target.compactMap(\.self)
    guard let count = Shape.count(known), count == data.example.elementCount, target.count == known.count + 1 else {
      throw unsupported(
        "\(data.lengths.map { $0.map(String.init) ?? "N" }) as \(target.map { $0.map(String.init) ?? "N" })",
        expected: "as many elements for each example")
    }
    guard let batch = data.batchAxis, let targetBatch = target.firstIndex(of: nil),
      data.lengths[..<batch].reduce(1, { $0 * ($1 ?? 1) }) == target[..<targetBatch].reduce(1, { $0 * ($1 ?? 1) })
    else {
      _ = try joinsExamples()
      return data
    }
    guard batch == 0, targetBatch == 0 else {
      // What stands before the examples stays before them: the same reshaping with the examples first.
      var (axes, lengths) = (data.axes, target)
      axes.remove(at: batch)
      lengths.remove(at: targetBatch)
      let result = try reshaped(data.viewed(as: [0] + axes), to: [nil] + lengths)
      var back = Array(result.axes.dropFirst())
      back.insert(0, at: targetBatch)
      return result.viewed(as: back)
    }
    if data.axes == [0, 2, 3, 1], known.count == 1 {
      return try call(Flatten(order: .channelsLast), data, axes: [0, 1]).keeping(kindOf: data)
    }
    // Elements that lie in order need no arrangement before.
    let inOrder = data.order == data.order.sorted() ? data : try arranged(data, data.order.sorted())
    // Of an image or more the layer would reorder the input too.
    if known.count == 3, inOrder.example.rank < 3, isTurnedBehind {
      let layer = Reshape([known[2], known[0], known[1]], order: .channelsLast)
      return try call(layer, inOrder, axes: [0, 2, 3, 1]).keeping(kindOf: data)
    }
    let layer: any Layer = known.count == 1 ? Flatten() : Reshape(known)
    return try call(layer, inOrder, axes: Array(0...known.count)).keeping(kindOf: data)
  }

  /// Whether the only node behind this one turns images [N, H, W, C] to [N, C, H, W].
  private var isTurnedBehind: Bool {
    guard let name = node.outputs.first, let next = reading.onlyTaker(of: name)?.node, next.operation == "Transpose",
      case .integers([0, 3, 1, 2])? = next.attributes.first(where: { $0.name == "perm" })?.value
    else { return false }
    return true
  }
}
