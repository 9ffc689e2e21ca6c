import Tensor
import TestSupport
import Testing

struct AveragePoolingTests {
  @Test(arguments: WindowCase.all) func matchesTheDefinitionUnderEveryLayout(item: WindowCase) {
    let input: Tensor<Double> = dyadicSample([3, 2, item.input.height, item.input.width])
    let expected = naiveAveragePool(input, item.window)
    let upstream: Tensor<Double> = dyadicSample(expected.shape, seed: 2)
    let gradient = upstream.averagePool2DInputGradient(item.window, inputShape: input.shape)
    for (name, x) in everyLayout(of: input) {
      // At most 25 terms of magnitude 2, each off by half a unit in the last place.
      #expect(deviation(x.averagePool2D(item.window), from: expected) < 32 * Double.ulpOfOne, "\(name)")
    }
    for (name, x) in everyLayout(of: input.toFloat()) {
      #expect(deviation(x.averagePool2D(item.window), from: expected.toFloat()) < 32 * Float.ulpOfOne, "\(name)")
    }
    for (name, g) in everyLayout(of: upstream.toFloat()) {
      let found = g.averagePool2DInputGradient(item.window, inputShape: input.shape)
      #expect(deviation(found, from: gradient.toFloat()) < 32 * Float.ulpOfOne, "\(name)")
    }
    for (name, g) in everyLayout(of: upstream) {
      #expect(g.averagePool2DInputGradient(item.window, inputShape: input.shape) == gradient, "\(name)")
    }
  }

  @Test(arguments: WindowCase.all) func gradientIsAdjoint(item: WindowCase) {
    let x: Tensor<Double> = dyadicSample([3, 2, item.input.height, item.input.width])
    let y = x.averagePool2D(item.window)
    let g: Tensor<Double> = dyadicSample(y.shape, seed: 2)
    let gradient = g.averagePool2DInputGradient(item.window, inputShape: x.shape)
    // Inner products of at most 500 terms.
    #expect(abs(innerProduct(x, gradient) - innerProduct(y, g)) < 1e-12)
  }

  @Test func leavesPaddingOut() {
    let x = Tensor<Float>(ones: [1, 1, 3, 3])
    #expect(x.averagePool2D(Window(2, stride: 2, padding: .same)).scalars == [1, 1, 1, 1])
  }

  @Test func stopsWhereShapesDoNotFit() async {
    let gradient = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1, 3, 2, 2]).averagePool2DInputGradient(Window(2), inputShape: [1, 3, 4, 4])
    }
    expectMessage(
      "averagePool2DInputGradient: the gradient has shape [1, 3, 2, 2], [1, 3, 3, 3] was expected", in: gradient)
  }
}
