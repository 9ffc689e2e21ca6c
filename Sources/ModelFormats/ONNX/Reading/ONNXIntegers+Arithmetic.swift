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
    guard let shape = Shape.broadcast(Shape(a.lengths), Shape(b.lengths)), let count = shape.elementCountIfRepresentable
    else { throw operation.unsupported("lengths \(a.lengths) and \(b.lengths)", expected: "lengths that fit") }
    try operation.reading.spend(count)
    let values = try (0..<count).map { place -> Int? in
      guard let x = a.element(at: place, of: shape), let y = b.element(at: place, of: shape) else {
        throw operation.unsupported("arithmetic with the number of examples", expected: "known numbers")
      }
      let (result, overflows) = combine(x, y)
      guard !overflows else { throw operation.unsupported("\(x) and \(y)", expected: "numbers whose result fits") }
      return result
    }
    return ONNXIntegers(lengths: Array(shape), values: values)
  }

  /// The element that stands at a place of a tensor of a larger shape, to which this one is broadcast.
  private func element(at place: Int, of shape: Shape) -> Int? {
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
