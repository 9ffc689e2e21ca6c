/// An array of numbers with any number of axes. It is a value: its memory is copied when it is changed while shared.
///
/// Images are `[N, C, H, W]`: batch, channels, rows, columns. Views (slices, transposes, broadcasts) share the storage
/// of the tensor that they are made from, without a copy. A wrong shape, axis or index stops the program with a
/// message.
///
/// ```swift
/// let x = Tensor<Float>(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])
/// let y = x.transposed()[0..<2] * 10
/// ```
public struct Tensor<Scalar: TensorScalar>: Sendable {
  /// The positions of the elements in the storage.
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

  /// The address of the first element. Valid as long as the tensor is alive.
  @inline(__always)
  var elements: UnsafeMutablePointer<Scalar> { storage.pointer + layout.offset }

  /// Whether both tensors use the same memory with the same layout, so that they are equal without a comparison.
  package func isSame(as other: Tensor) -> Bool { storage === other.storage && layout == other.layout }

  /// The elements in row-major order. Copies them all.
  public var scalars: [Scalar] {
    withUnsafeScalars { Array($0) }
  }

  /// The element of a tensor that has only one, of any rank. Stops if there are more elements or none.
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

  /// Calls `body` with the elements in row-major order, to change them in place. The buffer is valid only during the
  /// call.
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
  /// Whether the shapes and all elements are equal. NaN is not equal to anything.
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
