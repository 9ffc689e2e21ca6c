import Tensor
import TestSupport
import Testing

/// Copies from one layout to another, of all types of elements, against a copy element by element.
struct CopyingTests {
  /// Empty, odd, around the 16 columns of a block, and longer than a band.
  static let matrices: [Shape] = [
    [0, 5], [5, 0], [1, 1], [1, 40], [2, 3], [3, 500], [500, 3], [15, 17], [16, 16], [17, 33], [2, 5_000], [5_000, 2],
    [301, 300],
  ]
  static let images: [Shape] = [
    [2, 0, 3, 3], [0, 3, 2, 2], [2, 3, 1, 1], [1, 1, 5, 7], [3, 5, 7, 9], [2, 17, 4, 4], [2, 512, 3, 3],
    [1, 3, 70, 67], [3, 33, 20, 1],
  ]

  @Test(arguments: matrices) func transposes(shape: Shape) {
    expectCopies(of: shape, inOrder: [1, 0])
  }

  @Test(arguments: images) func laysOutImages(shape: Shape) {
    for order in [[0, 2, 3, 1], [0, 3, 1, 2], [3, 2, 1, 0], [1, 0, 2, 3], [0, 1, 3, 2]] {
      expectCopies(of: shape, inOrder: order)
    }
  }

  @Test func readsEveryKindOfLayout() {
    let x: Tensor<Float> = sample([3, 19, 6, 35])
    for (name, view) in everyLayout(of: x) {
      for order in [[0, 1, 2, 3], [0, 2, 3, 1], [3, 2, 1, 0]] {
        #expect(view.permuted(order).scalars == permuted(x.scalars, x.shape, order), "\(name), \(order)")
      }
    }
  }

  /// The elements around the part and between its own must stay as they are.
  @Test(arguments: [1, 2]) func writesIntoAPart(step: Int) {
    let stored: Tensor<Int32> = wholeSample([35, 19])
    var whole = Tensor<Int32>(repeating: -1, shape: [19, 35 * step + 2])
    whole.replaceSlice(1..<1 + 35 * step, axis: 1, step: step, with: stored.transposed())
    for row in 0..<19 {
      var expected = [Int32](repeating: -1, count: whole.shape[1])
      for column in 0..<35 { expected[1 + column * step] = stored[column, row] }
      #expect(whole.slice(row..<row + 1, axis: 0).scalars == expected)
    }
  }

  private func expectCopies(of shape: Shape, inOrder order: [Int]) {
    let numbers = 0..<shape.elementCount
    expectCopy(of: numbers.map { Float($0) }, shape, order)
    expectCopy(of: numbers.map { Double($0) }, shape, order)
    expectCopy(of: numbers.map { Int32($0) }, shape, order)
    expectCopy(of: numbers.map { UInt8(truncatingIfNeeded: $0 &* 37) }, shape, order)
    expectCopy(of: numbers.map { $0 % 3 == 0 }, shape, order)
  }

  private func expectCopy<Scalar: TensorScalar>(of scalars: [Scalar], _ shape: Shape, _ order: [Int]) {
    let view = Tensor(shape: shape, scalars: scalars).permuted(order)
    #expect(view.scalars == permuted(scalars, shape, order), "\(Scalar.self), \(order)")
  }
}

/// The elements with their axes in another order, one after the other.
private func permuted<Scalar>(_ scalars: [Scalar], _ shape: Shape, _ order: [Int]) -> [Scalar] {
  let strides = shape.rowMajorStrides
  return scalars.indices.map { place in
    var (rest, source) = (place, 0)
    for axis in order.reversed() {
      source += rest % shape[axis] * strides[axis]
      rest /= shape[axis]
    }
    return scalars[source]
  }
}
