import Autograd
import Tensor
import Testing

struct MatmulTests {
  @Test(
    arguments: [
      ([2, 3], [3, 4]), ([1, 1], [1, 1]), ([5, 1], [1, 3]), ([1, 7], [7, 1]), ([2, 3, 4], [2, 4, 5]),
      ([2, 3, 4], [4, 5]), ([3, 4], [2, 4, 1]), ([2, 1, 3, 4], [5, 4, 2]), ([1, 3, 4], [2, 4, 3]),
    ] as [(Shape, Shape)])
  func gradients(a: Shape, b: Shape) {
    expectGradients(at: samples(a, b)) { $0[0].matmul($0[1]) }
  }

  @Test func ofTransposedAndSharedOperands() {
    expectGradients(at: samples([3, 2], [4, 3])) { $0[0].transposed().matmul($0[1].transposed()) }
    expectGradients(at: samples([3, 3])) { $0[0].matmul($0[0]) }
    expectGradients(at: samples([2, 3])) { $0[0].matmul($0[0].transposed()) }
  }
}
