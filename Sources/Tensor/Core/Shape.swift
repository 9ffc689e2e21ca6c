/// The lengths of a tensor's axes, outermost first: a batch of images is `[N, C, H, W]`, a scalar `[]`.
public struct Shape: Hashable, Sendable {
  /// The length of each axis.
  public package(set) var dimensions: [Int]

  /// Makes a shape of axis lengths, none of them negative.
  public init(_ dimensions: some Sequence<Int>) {
    self.dimensions = Array(dimensions)
    require(
      self.dimensions.allSatisfy { $0 >= 0 },
      "Shape: a dimension is negative: \(self.dimensions). No length can be left open, as None in Keras: a model is made for "
        + "one length, and a call of it takes others where its layers can")
  }

  /// The number of axes.
  public var rank: Int { dimensions.count }

  /// The number of elements: the product of all lengths, 1 for a scalar. Ends the process if `Int` cannot hold it.
  public var elementCount: Int {
    guard let count = elementCountIfRepresentable else {
      let total = dimensions.reduce(1) { $0 * Double($1) }
      stopOutOfMemory("a tensor of shape \(self) has \(total) elements, more than memory can hold")
    }
    return count
  }

  /// The number of elements, or `nil` if `Int` cannot hold it: for shapes that come from a file.
  package var elementCountIfRepresentable: Int? {
    if dimensions.contains(0) { return 0 }
    var count = 1
    for length in dimensions {
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      if overflows { return nil }
      count = product
    }
    return count
  }

  /// The strides of a row-major layout: how many elements lie between neighbours along each axis.
  public var rowMajorStrides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      // In an empty shape the products may overflow; its strides are never used.
      strides[axis] = strides[axis + 1] &* Swift.max(dimensions[axis + 1], 1)
    }
    return strides
  }

  /// Converts a negative axis, which counts from the end (-1 is the last axis). Stops if there is no such axis.
  package func resolve(axis: Int, in operation: String) -> Int {
    let resolved = axis < 0 ? axis + rank : axis
    require(
      dimensions.indices.contains(resolved), "\(operation): axis \(axis) is out of range for shape \(self)")
    return resolved
  }

  /// The shape without one axis.
  package func removing(axis: Int) -> Shape {
    var result = self
    result.dimensions.remove(at: axis)
    return result
  }

  /// The shape with the length of one axis changed.
  package func replacing(axis: Int, with length: Int) -> Shape {
    var result = self
    result[axis] = length
    return result
  }

  /// The shape that two shapes broadcast to by NumPy's rule: aligned at the last axis, lengths must be equal or 1.
  ///
  /// - Returns: `nil` when the shapes do not fit.
  public static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    if a == b { return a }
    let rank = Swift.max(a.rank, b.rank)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let (i, j) = (axis - rank + a.rank, axis - rank + b.rank)
      let (m, n) = (i < 0 ? 1 : a.dimensions[i], j < 0 ? 1 : b.dimensions[j])
      guard m == n || m == 1 || n == 1 else { return nil }
      result[axis] = m == 1 ? n : m
    }
    return Shape(result)
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// Makes a shape from a literal such as `[32, 3, 64, 64]`.
  public init(arrayLiteral elements: Int...) {
    self.init(elements)
  }
}

extension Shape: RandomAccessCollection, MutableCollection {
  /// The first axis.
  public var startIndex: Int { 0 }
  /// One past the last axis.
  public var endIndex: Int { dimensions.count }
  /// The length of one axis.
  public subscript(axis: Int) -> Int {
    get { dimensions[axis] }
    set {
      require(newValue >= 0, "Shape: a dimension is negative: \(newValue) for axis \(axis) of \(self)")
      dimensions[axis] = newValue
    }
  }
}

extension Shape: CustomStringConvertible {
  /// The lengths in brackets: `[32, 3, 64, 64]`.
  public var description: String { dimensions.description }
}
