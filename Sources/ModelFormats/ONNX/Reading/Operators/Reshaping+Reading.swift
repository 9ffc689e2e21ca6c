import NN
import Tensor

extension ONNXOperators {
  static let reshaping: [String: ONNXBuilder] = ["Reshape": reshape]

  /// 0 keeps a length, -1 is what remains.
  private static func reshape(_ operation: ONNXOperation) throws -> [ONNXValue] {
    let value = try operation.value(0)
    var target = try operation.target(of: value).map(\.lengthOrRest)
    let apart: ONNXValue = if case .data(let x) = value { .data(x.takenApart) } else { value }
    let lengths = try operation.lengths(of: apart)
    if let open = target.firstIndex(of: -1) {
      let known = target.indices.filter { $0 != open && target[$0] != nil }.map { target[$0] ?? 1 }
      guard let product = Shape.count(known), let total = Shape.count(lengths.compactMap(\.self)), product > 0,
        total % product == 0
      else {
        throw operation.unsupported("a shape \(target.map { $0.map(String.init) ?? "N" })", expected: "one that fits")
      }
      if lengths.contains(nil), !target.contains(nil) {
        if total != product, case .data(let x) = apart { return [.data(try operation.joining(x, target, open))] }
        // The examples are what remains.
        guard total == product else { throw operation.joinsExamples() }
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
    return [try operation.reshaped(apart, to: target)]
  }
}

extension ONNXNumber {
  /// A length of a new shape: `nil` for the examples, -1 for what remains.
  fileprivate var lengthOrRest: Int? {
    switch self {
    case .known(let length): length
    case .examples: nil
    case .multiple: -1
    }
  }

  fileprivate var isMultiple: Bool { if case .multiple = self { true } else { false } }

  /// The length of an axis if there were one example.
  fileprivate var perExample: Int { known ?? factor ?? 1 }
}

extension ONNXOperation {
  /// The shape that a `Reshape` gives, in an input or, before version 5, an option. 0 is the length that the axis has.
  fileprivate func target(of value: ONNXValue) throws -> [ONNXNumber] {
    let own = try numbers(ofLengthsOf: value)
    let keepsZero = try flag("allowzero")
    var given = try integers("shape").map { $0.map { ONNXNumber.known($0) } }
    if has(1) {
      guard case .constant(.integers(let list)) = try self.value(1) else {
        throw unsupported("a shape that depends on the inputs", expected: "a constant one")
      }
      given = list.values
    }
    guard let given else { throw error(.damaged("it has no shape")) }
    var target = try given.enumerated().map { axis, length in
      guard length == 0, !keepsZero else { return length }
      guard axis < own.count else { throw unsupported("a shape \(given)", expected: "one that fits") }
      return own[axis]
    }
    if target.contains(where: \.isMultiple) {
      // Beside [N · 4, …] it is known what remains for an open axis.
      let others = target.filter { $0 != -1 }
      guard let all = Shape.count(own.map(\.perExample)), let known = Shape.count(others.map(\.perExample)), known > 0,
        all % known == 0, target.count > others.count || all == known, others.count(where: { $0.factor != nil }) == 1
      else { throw unsupported("a shape \(given)", expected: "one that fits") }
      if let open = target.firstIndex(of: -1) { target[open] = .known(all / known) }
    }
    guard target.count(where: { $0 == -1 || $0.isMultiple }) <= 1 else {
      throw unsupported("a shape with two open axes", expected: "one")
    }
    return target
  }

  /// A value in new axes, of which one joins the examples and others: [N, T, F] as [N · T, F], or [T, N, H · F] as [T, N · H, F].
  ///
  /// - Parameters:
  ///   - target: the new lengths.
  ///   - open: the axis that joins.
  fileprivate func joining(_ x: ONNXData, _ target: [Int?], _ open: Int) throws -> ONNXData {
    var rest = x.lengths
    /// Takes so many elements from the start or the end of the lengths, of which one may be divided.
    func take(_ count: Int?, fromEnd: Bool) -> Bool {
      guard var count else { return false }
      while count > 1 {
        guard let place = fromEnd ? rest.indices.last : rest.indices.first, let length = rest[place], length > 0 else {
          return false
        }
        if count % length == 0 {
          count /= length
          rest.remove(at: place)
        } else if length % count == 0 {
          rest[place] = length / count
          count = 1
        } else {
          return false
        }
      }
      return count == 1
    }
    guard target[..<open].allSatisfy({ take($0, fromEnd: false) }),
      target[(open + 1)...].reversed().allSatisfy({ take($0, fromEnd: true) }), rest.contains(nil)
    else { throw joinsExamples() }
    let joined = rest.filter { $0 != 1 }
    let lengths = Array(target[..<open]) + joined + Array(target[(open + 1)...])
    guard case .data(let apart) = try reshaped(.data(x), to: lengths) else { throw joinsExamples() }
    return apart.joining(open..<open + joined.count)
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
    case .repeated(let constant, _):
      guard let batch = target.firstIndex(of: nil), target.compactMap(\.self).count == target.count - 1,
        case .constant(let result) = try reshaped(.constant(constant), to: target.map { $0 ?? 1 })
      else { throw joinsExamples() }
      return .repeated(result, batch: batch)
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
    else { throw joinsExamples() }
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
