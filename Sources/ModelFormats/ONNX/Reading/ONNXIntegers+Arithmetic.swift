import Serialization
import Tensor

extension ONNXIntegers {
  /// A number for each pair of elements, whose axes broadcast.
  ///
  /// - Parameters:
  ///   - combine: the number, and whether it is too large.
  ///   - operation: the node, named by errors.
  /// - Throws: for axes that do not fit, for numbers that are too large, and for the number of examples.
  static func combine(
    _ a: ONNXIntegers, _ b: ONNXIntegers, _ combine: (Int, Int) -> (Int, Bool), _ operation: ONNXOperation
  ) throws -> ONNXIntegers {
    try joined([a, b], operation) { elements in
      guard let x = elements[0].known, let y = elements[1].known else { throw operation.needsKnownNumbers() }
      return .known(try operation.fitting(x, y, combine))
    }
  }

  /// The product of each pair of elements. A known number of times the number of examples is a multiple of it.
  static func product(_ a: ONNXIntegers, _ b: ONNXIntegers, _ operation: ONNXOperation) throws -> ONNXIntegers {
    try joined([a, b], operation) { elements in
      switch (elements[0], elements[1]) {
      case (.known(let x), .known(let y)):
        .known(try operation.fitting(x, y) { $0.multipliedReportingOverflow(by: $1) })
      case (.known(let number), let other), (let other, .known(let number)):
        if let factor = other.factor, number > 0 {
          .times(try operation.fitting(factor, number) { $0.multipliedReportingOverflow(by: $1) })
        } else {
          throw operation.needsKnownNumbers()
        }
      default: throw operation.needsKnownNumbers()
      }
    }
  }

  /// The quotient of each pair of elements, without its fraction. Multiples of the number of examples are divided by what
  /// divides their factor.
  static func quotient(_ a: ONNXIntegers, _ b: ONNXIntegers, _ operation: ONNXOperation) throws -> ONNXIntegers {
    try joined([a, b], operation) { elements in
      if case (.known(let x), .known(let y)) = (elements[0], elements[1]) {
        return .known(try operation.fitting(x, y) { $0.dividedReportingOverflow(by: $1) })
      }
      guard let factor = elements[0].factor, let divisor = elements[1].known, divisor > 0, factor % divisor == 0 else {
        throw operation.needsKnownNumbers()
      }
      return .times(factor / divisor)
    }
  }

  /// Whether elements are the same. The number of examples is itself, and no negative number.
  static func equality(_ a: ONNXIntegers, _ b: ONNXIntegers, _ operation: ONNXOperation) throws -> ONNXIntegers {
    try joined([a, b], operation) { elements in
      switch (elements[0], elements[1]) {
      case (.known(let x), .known(let y)): x == y ? 1 : 0
      case (let x, let y) where x == y: 1
      case (.known(..<0), _), (_, .known(..<0)): 0
      default: throw operation.needsKnownNumbers()
      }
    }
  }

  /// The elements of the second where the first are not 0, those of the third elsewhere.
  static func choice(
    _ condition: ONNXIntegers, _ a: ONNXIntegers, _ b: ONNXIntegers, _ operation: ONNXOperation
  ) throws -> ONNXIntegers {
    try joined([condition, a, b], operation) { elements in
      guard let holds = elements[0].known else { throw operation.needsKnownNumbers() }
      return holds != 0 ? elements[1] : elements[2]
    }
  }

  /// An element for those of several tensors that stand at one place, whose axes broadcast.
  private static func joined(
    _ parts: [ONNXIntegers], _ operation: ONNXOperation, _ join: ([ONNXNumber]) throws -> ONNXNumber
  ) throws -> ONNXIntegers {
    let shapes = parts.map { Shape($0.lengths) }
    let common = shapes.dropFirst().reduce(shapes.first) { all, shape in all.flatMap { Shape.broadcast($0, shape) } }
    guard let common, let count = Shape.count(Array(common)) else {
      throw operation.unsupported("lengths \(parts.map(\.lengths))", expected: "lengths that fit")
    }
    try operation.reading.spend(count)
    let values = try (0..<count).map { place in try join(parts.map { $0.element(at: place, of: common) }) }
    return ONNXIntegers(lengths: Array(common), values: values)
  }

  /// All known elements along some axes as one, which are 1 long then.
  func reduced(
    over axes: [Int], _ operation: ONNXOperation, _ combine: (Int, Int) -> (Int, Bool)
  ) throws -> ONNXIntegers {
    try operation.reading.spend(values.count)
    let kept = lengths.indices.filter { !axes.contains($0) }
    let known = try permuted(kept + axes).values.map { value -> Int in
      guard let number = value.known else { throw operation.needsKnownNumbers() }
      return number
    }
    guard let count = Shape.count(axes.map { lengths[$0] }), count > 0, !known.isEmpty else {
      throw operation.unsupported("whole numbers in the axes \(lengths)", expected: "elements")
    }
    let rows = stride(from: 0, to: known.count, by: count).map { known[$0..<min($0 + count, known.count)] }
    return ONNXIntegers(
      lengths: lengths.indices.map { axes.contains($0) ? 1 : lengths[$0] },
      values: try rows.map { row in
        .known(try row.dropFirst().reduce(row.first ?? 0) { try operation.fitting($0, $1, combine) })
      })
  }

  /// Whole numbers one behind the other along an axis.
  static func concatenating(_ parts: [ONNXIntegers], axis: Int, _ operation: ONNXOperation) throws -> ONNXIntegers {
    func others(_ part: ONNXIntegers) -> [Int] { part.lengths.indices.filter { $0 != axis }.map { part.lengths[$0] } }
    guard let first = parts.first, first.lengths.indices.contains(axis),
      parts.allSatisfy({ $0.lengths.count == first.lengths.count && others($0) == others(first) })
    else { throw operation.unsupported("lengths \(parts.map(\.lengths))", expected: "lengths that fit") }
    // Parts without elements are joined too, and the sum of their lengths must not overflow.
    for part in parts { try operation.reading.spend(max(part.values.count, part.lengths[axis])) }
    var result = first
    result.lengths[axis] = parts.reduce(0) { $0 + $1.lengths[axis] }
    // Blocks of all that lies behind the axis, of each part in turn.
    let inner = first.lengths[(axis + 1)...].reduce(1, *)
    let blocks = result.lengths.contains(0) ? 0 : first.lengths[..<axis].reduce(1, *)
    result.values = (0..<blocks).flatMap { block in
      parts.flatMap { part in
        let size = part.lengths[axis] * inner
        return part.values[block * size..<(block + 1) * size]
      }
    }
    return result
  }

  /// The elements at some places along an axis.
  func taking(_ places: [Int], axis: Int) -> ONNXIntegers {
    var result = self
    result.lengths[axis] = places.count
    if values.isEmpty { return result }
    let inner = lengths[(axis + 1)...].reduce(1, *)
    result.values = (0..<lengths[..<axis].reduce(1, *)).flatMap { block in
      places.flatMap { place in
        let start = (block * lengths[axis] + place) * inner
        return values[start..<start + inner]
      }
    }
    return result
  }

  /// The axes in another order.
  func permuted(_ order: [Int]) -> ONNXIntegers {
    var result = self
    result.lengths = order.map { lengths[$0] }
    let strides = lengths.indices.map { lengths[($0 + 1)...].reduce(1, *) }
    result.values = values.indices.map { place in
      var (rest, index) = (place, 0)
      for axis in order.indices.reversed() {
        index += rest % result.lengths[axis] * strides[order[axis]]
        rest /= result.lengths[axis]
      }
      return values[index]
    }
    return result
  }

  /// The element that stands at a place of a tensor of a larger shape, to which this one is broadcast.
  private func element(at place: Int, of shape: Shape) -> ONNXNumber {
    var (rest, index, step) = (place, 0, 1)
    for axis in shape.indices.reversed() {
      let coordinate = rest % shape[axis]
      rest /= shape[axis]
      let own = axis - (shape.rank - lengths.count)
      guard own >= 0 else { continue }
      if lengths[own] != 1 { index += coordinate * step }
      step *= lengths[own]
    }
    return values[index]
  }
}

extension ONNXOperation {
  /// A number of two, if it fits.
  fileprivate func fitting(_ x: Int, _ y: Int, _ combine: (Int, Int) -> (Int, Bool)) throws -> Int {
    let (result, overflows) = combine(x, y)
    guard !overflows else { throw unsupported("\(x) and \(y)", expected: "numbers whose result fits") }
    return result
  }

  fileprivate func needsKnownNumbers() -> ModelFileError {
    unsupported("arithmetic with the number of examples", expected: "known numbers")
  }
}
