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
      case (1, let other), (let other, 1): other
      case (.known(2...), .examples), (.examples, .known(2...)): .multiple
      default: throw operation.needsKnownNumbers()
      }
    }
  }

  /// Whether elements are the same. The number of examples is itself, and no negative number.
  static func equality(_ a: ONNXIntegers, _ b: ONNXIntegers, _ operation: ONNXOperation) throws -> ONNXIntegers {
    try joined([a, b], operation) { elements in
      switch (elements[0], elements[1]) {
      case (.known(let x), .known(let y)): x == y ? 1 : 0
      case (.examples, .examples): 1
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
