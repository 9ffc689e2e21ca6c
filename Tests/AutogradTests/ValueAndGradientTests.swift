import Autograd
import Tensor
import Testing

struct ValueAndGradientTests {
  @Test func ofOneTensor() {
    let (value, gradient) = valueAndGradient(at: Tensor<Double>([1, 2, 3])) { ($0 * $0).sum() }
    #expect(value.scalar == 14)
    #expect(gradient.scalars == [2, 4, 6])
  }

  @Test func ofSeveralTensors() {
    let point = [Tensor<Float>([1, 2]), Tensor<Float>([5]), Tensor<Float>(ones: [2, 2])]
    let (value, gradients) = valueAndGradients(at: point) { ($0[0] * $0[1]).sum() }
    #expect(value.scalar == 15)
    #expect(gradients.map(\.scalars) == [[5, 5], [3], [0, 0, 0, 0]])
  }
}
