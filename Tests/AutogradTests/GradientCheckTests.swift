import Autograd
import Tensor
import Testing

@Test func smoke() {
  var g = RandomGenerator(seed: 1)
  let x = Tensor<Double>(normal: [2, 3, 6, 5], using: &g)
  let w = Tensor<Double>(normal: [4, 3, 3, 3], using: &g)
  let b = Tensor<Double>(normal: [4], using: &g)
  let s = Tensor<Double>(normal: [4], using: &g)
  let h = Tensor<Double>(normal: [4], using: &g)
  let check = checkGradient(at: [x, w, b, s, h]) { v in
    let y = v[0].convolution2D(v[1], bias: v[2], window: Window(3, stride: 1, padding: .same)).relu().maxPool2D(
      Window(2, stride: 2))
    return y.batchNormalized(scale: v[3], shift: v[4], epsilon: 1e-3).output.flattenedImages().softmax()
  }
  print(check)
  #expect(check.passes)
}
