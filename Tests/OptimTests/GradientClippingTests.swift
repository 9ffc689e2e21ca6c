import Autograd
import Optim
import Tensor
import Testing

struct GradientClippingTests {
  /// The gradients as clipped: what a step of length 1 takes off zeros.
  private func clipped(_ gradients: [[Float]], _ clipping: GradientClipping) -> [[Float]] {
    let parameters = gradients.map { Parameter(Tensor(zeros: [$0.count])) }
    var collected = Gradients<Float>()
    for (parameter, gradient) in zip(parameters, gradients) { collected[parameter] = Tensor(gradient) }
    SGD(learningRate: 1.0, clipping: clipping).update(parameters, with: collected)
    return parameters.map { $0.value.scalars.map { -$0 } }
  }

  @Test func value() {
    #expect(clipped([[-3, 0.5, 2], [1]], .value(1)) == [[-1, 0.5, 1], [1]])
    #expect(clipped([[.infinity, -.infinity]], .value(1)) == [[1, -1]])
  }

  @Test func norm() {
    #expect(clipped([[6, 8], [0.3, 0.4]], .norm(5)) == [[3, 4], [0.3, 0.4]])
  }

  @Test func globalNorm() {
    #expect(clipped([[2, 4], [5, 6], [0]], .globalNorm(4.5)) == [[1, 2], [2.5, 3], [0]])
    #expect(clipped([[2, 4], [5, 6]], .globalNorm(9)) == [[2, 4], [5, 6]])
  }

  @Test func zerosStayZero() {
    #expect(clipped([[0, 0]], .norm(1)) == [[0, 0]])
    #expect(clipped([[0, 0]], .globalNorm(1)) == [[0, 0]])
  }

  /// The squares of these are beyond single precision.
  @Test func hugeGradientsAreScaled() {
    #expect(clipped([[3e30, 4e30]], .norm(5))[0].map { $0.rounded() } == [3, 4])
  }

  /// Hidden by a clip, a broken gradient would never be found.
  @Test(arguments: [GradientClipping.value(1), .norm(1), .globalNorm(1)])
  func notANumberShows(clipping: GradientClipping) {
    #expect(clipped([[.nan, 1]], clipping)[0][0].isNaN)
  }

  @Test func anInfiniteGlobalNormShows() {
    #expect(clipped([[.infinity], [1]], .globalNorm(1)).joined().allSatisfy { $0.isNaN })
  }
}
