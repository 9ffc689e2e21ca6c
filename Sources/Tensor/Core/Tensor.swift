/// An array of numbers with any number of axes: a value, copied when written to while shared.
///
/// Images are `[N, C, H, W]`: batch, channels, rows, columns. Views (slices, transposes, broadcasts) share the storage of
/// the tensor that they are made from, without a copy. A shape, axis or index that cannot be right stops the program with
/// a message.
///
/// ```swift
/// let x = Tensor<Float>(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])
/// let y = x.transposed()[0..<2] * 10
/// ```
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// Where the elements lie in the storage.
  package internal(set) var layout: Layout
  var storage: Storage<Scalar>

  init(storage: Storage<Scalar>, layout: Layout) {
    self.storage = storage
    self.layout = layout
  }

  /// The length of each axis.
  public var shape: Shape { layout.shape }

  /// The number of axes.
  public var rank: Int { layout.shape.rank }

  /// The number of elements.
  public var count: Int { layout.shape.elementCount }

  /// Whether the elements are stored in row-major order without gaps.
  public var isContiguous: Bool { layout.isRowMajor }

  /// Where the first element lies. Valid as long as the tensor is alive.
  @inline(__always)
  var elements: UnsafeMutablePointer<Scalar> { storage.pointer + layout.offset }

  /// Whether this is the very tensor `other`, which cannot have changed since: not equal, but the same memory.
  package func isSame(as other: Tensor) -> Bool { storage === other.storage && layout == other.layout }

  /// The elements in row-major order. Copies them all.
  public var scalars: [Scalar] {
    withUnsafeScalars { Array($0) }
  }

  /// The element of a tensor that has only one, of any rank. Stops if there are more or none.
  public var scalar: Scalar {
    require(count == 1, "scalar: a tensor of shape \(shape) has \(count) elements, not one")
    return storage.pointer[layout.offset]
  }

  /// The tensor with its elements stored in row-major order: itself if they already are, otherwise a copy.
  public func contiguous() -> Tensor {
    isContiguous ? self : copied()
  }

  /// Calls `body` with the elements in row-major order. Copies them first if they are in another order. The buffer is
  /// valid only during the call.
  public func withUnsafeScalars<Result>(_ body: (UnsafeBufferPointer<Scalar>) throws -> Result) rethrows -> Result {
    let source = contiguous()
    defer { extendLifetime(source) }
    return try body(UnsafeBufferPointer(start: source.storage.pointer + source.layout.offset, count: count))
  }

  /// Calls `body` with the elements in row-major order, to change them in place. The buffer is valid only during the call.
  ///
  /// Copies them first if another tensor shares them or if they are in another order.
  public mutating func withUnsafeMutableScalars<Result>(
    _ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result
  ) rethrows -> Result {
    if !isContiguous || !isKnownUniquelyReferenced(&storage) { self = copied() }
    return try body(UnsafeMutableBufferPointer(start: storage.pointer + layout.offset, count: count))
  }
}

extension Tensor: Equatable {
  /// Whether shapes and all elements are equal; NaN equals nothing.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  @specialized(where Scalar == Bool)
  public static func == (a: Tensor, b: Tensor) -> Bool {
    guard a.shape == b.shape else { return false }
    return a.withUnsafeScalars { a in b.withUnsafeScalars { b in a.elementsEqual(b) } }
  }
}

/// Calls `body` with pointers to the elements of two tensors, which must be contiguous.
@inline(__always)
func withUnsafePointers<Scalar: TensorScalar, Result>(
  _ a: Tensor<Scalar>, _ b: Tensor<Scalar>, _ body: (UnsafePointer<Scalar>, UnsafePointer<Scalar>) -> Result
) -> Result {
  defer { extendLifetime((a, b)) }
  return body(a.elements, b.elements)
}
