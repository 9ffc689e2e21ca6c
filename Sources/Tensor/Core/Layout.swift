/// The positions of a tensor's elements in its storage: shape, strides and offset, all counted in elements.
///
/// Element `[i, j, …]` is at `offset + i * strides[0] + j * strides[1] + …`. Slices, transposes and broadcasts (stride
/// 0) are other layouts of the same storage and cost nothing.
package struct Layout: Hashable, Sendable {
  /// The length of each axis.
  package internal(set) var shape: Shape
  /// The distance between neighbours along each axis.
  package internal(set) var strides: [Int]
  /// The position of the first element.
  package internal(set) var offset: Int

  /// Makes the row-major layout of a shape.
  package init(rowMajor shape: Shape) {
    self.init(shape: shape, strides: shape.rowMajorStrides, offset: 0)
  }

  init(shape: Shape, strides: [Int], offset: Int) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  /// Whether the elements are stored in row-major order without gaps.
  package var isRowMajor: Bool {
    var expected = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if strides[axis] != expected { return shape.elementCount == 0 }
      expected &*= shape[axis]
    }
    return true
  }

  /// Whether several indices refer to the same element, as along a broadcast axis.
  var sharesElements: Bool {
    zip(shape, strides).contains { length, stride in length > 1 && stride == 0 }
  }

  /// The axes in the order of memory: the axis with the smallest stride is the last.
  var axesByFallingStride: [Int] { shape.indices.sorted { strides[$0] > strides[$1] } }

  /// The layout with its axes in another order: axis `i` of the result is axis `axes[i]` of this one.
  func permuted(_ axes: [Int]) -> Layout {
    Layout(shape: Shape(axes.map { shape[$0] }), strides: axes.map { strides[$0] }, offset: offset)
  }

  /// The layout repeated along new and length-1 axes, or `nil` when the shapes do not fit.
  func broadcast(to target: Shape) -> Layout? {
    let added = target.rank - shape.rank
    guard added >= 0 else { return nil }
    var result = [Int](repeating: 0, count: target.rank)
    for axis in shape.indices {
      let length = target[axis + added]
      guard shape[axis] == length || shape[axis] == 1 else { return nil }
      result[axis + added] = shape[axis] == length ? strides[axis] : 0
    }
    return Layout(shape: target, strides: result, offset: offset)
  }

  /// The part of one axis from `start`, every `step`-th index, `length` of them.
  func sliced(axis: Int, start: Int, length: Int, step: Int) -> Layout {
    var result = self
    result.offset += length == 0 ? 0 : start * strides[axis]
    result.shape[axis] = length
    // The stride of a single element is never used, and its product with a large step would overflow.
    if length > 1 { result.strides[axis] *= step }
    return result
  }

  /// The layout at index `index` of one axis, without that axis.
  func selecting(_ index: Int, axis: Int) -> Layout {
    var result = self
    result.offset += index * strides[axis]
    result.shape.dimensions.remove(at: axis)
    result.strides.remove(at: axis)
    return result
  }

  /// The layout with another shape of the same elements in the same order; `nil` if strides cannot express it.
  func reshaped(to target: Shape) -> Layout? {
    isRowMajor ? Layout(shape: target, strides: target.rowMajorStrides, offset: offset) : nil
  }
}
