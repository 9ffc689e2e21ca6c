import Autograd
import Tensor
import TestSupport
import Testing

struct L2NormalizationTests {
  @Test(arguments: [([5], 0), ([3, 4], -1), ([3, 4], 0), ([2, 3, 5], 1), ([2, 1], 1)] as [(Shape, Int)])
  func gradients(shape: Shape, axis: Int) {
    expectGradients(at: samples(shape)) { $0[0].l2Normalized(axis: axis) }
    // Shorter than the smallest divisor.
    expectGradients(at: samples(shape)) { $0[0].l2Normalized(axis: axis, epsilon: 100) }
  }

  @Test func everyLayoutGivesTheSame() {
    let x: Tensor<Double> = sample([3, 4, 5])
    let expected = x.l2Norms(axis: 1)
    for (name, layout) in everyLayout(of: x) {
      #expect(deviation(Variable(layout).l2Normalized(axis: 1).value, from: expected) < 1e-15, "\(name)")
    }
  }

  @Test func nothingIsNormalizedToNothing() {
    #expect(Variable(Tensor<Double>(zeros: [0, 3])).l2Normalized(axis: 1).value.shape == [0, 3])
    #expect(Variable(Tensor<Double>(zeros: [3, 0])).l2Normalized(axis: 1).value.shape == [3, 0])
  }
}

extension Tensor<Double> {
  /// The elements along an axis divided by their length, one after the other.
  fileprivate func l2Norms(axis: Int) -> Tensor {
    let strides = shape.rowMajorStrides
    let scalars = scalars
    return Tensor(
      shape: shape,
      scalars: scalars.indices.map { place in
        let first = place - place / strides[axis] % shape[axis] * strides[axis]
        let squares = (0..<shape[axis]).map { scalars[first + $0 * strides[axis]] }.map { $0 * $0 }
        return scalars[place] / squares.reduce(0, +).squareRoot()
      })
  }
}
