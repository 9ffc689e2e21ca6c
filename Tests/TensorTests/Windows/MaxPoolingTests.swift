import Tensor
import TestSupport
import Testing

struct MaxPoolingTests {
  @Test(arguments: WindowCase.all) func matchesTheDefinitionUnderEveryLayout(item: WindowCase) {
    check(item, of: Float.self)
    check(item, of: Double.self)
  }

  private func check<Scalar: FloatingScalar>(_ item: WindowCase, of type: Scalar.Type) {
    let input: Tensor<Scalar> = wholeSample([3, 2, item.input.height, item.input.width])
    let expected = naiveMaxPool(input, item.window)
    let upstream: Tensor<Scalar> = dyadicSample(expected.output.shape, seed: 2)
    let gradient = naiveGradient(upstream, expected.indices, input.shape)
    for (name, x) in everyLayout(of: input) {
      let (output, indices) = x.maxPool2D(item.window)
      #expect(output == expected.output, "\(name)")
      #expect(indices == expected.indices, "\(name)")
    }
    for (name, g) in everyLayout(of: upstream) {
      for (order, indices) in everyLayout(of: expected.indices) {
        #expect(g.maxPool2DInputGradient(indices: indices, inputShape: input.shape) == gradient, "\(name), \(order)")
        #expect(
          g.maxPool2DInputGradient(indices: indices, inputShape: input.shape, window: item.window) == gradient,
          "\(name), indices \(order)")
      }
    }
  }

  private func naiveGradient<Scalar: FloatingScalar>(
    _ upstream: Tensor<Scalar>, _ indices: Tensor<Int32>, _ inputShape: Shape
  ) -> Tensor<Scalar> {
    var gradient = [Scalar](repeating: 0, count: inputShape.elementCount)
    let (area, inputArea) = (upstream.shape[2] * upstream.shape[3], inputShape[2] * inputShape[3])
    for (place, (element, index)) in zip(upstream.scalars, indices.scalars).enumerated() where index >= 0 {
      gradient[place / area * inputArea + Int(index)] += element
    }
    return Tensor(shape: inputShape, scalars: gradient)
  }

  @Test func gradientMatchesFiniteDifferences() {
    let x: Tensor<Double> = sample([2, 2, 5, 6])
    let window = Window(3, stride: 2, padding: .same)
    let (output, indices) = x.maxPool2D(window)
    let upstream: Tensor<Double> = sample(output.shape, seed: 2)
    let expected = numericalGradient(at: x) { innerProduct(upstream, $0.maxPool2D(window).output) }
    #expect(deviation(upstream.maxPool2DInputGradient(indices: indices, inputShape: x.shape), from: expected) < 1e-9)
  }

  @Test func theFirstOfEqualElementsTakesTheGradient() {
    let x = Tensor<Float>(repeating: 1, shape: [1, 1, 4, 4])
    let (output, indices) = x.maxPool2D(Window(2, stride: 2))
    #expect(indices.scalars == [0, 2, 8, 10])
    let gradient = output.maxPool2DInputGradient(indices: indices, inputShape: x.shape)
    #expect(gradient.scalars == [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0])
  }

  @Test func paddingNeverWins() {
    let x = Tensor<Float>(repeating: -1, shape: [1, 1, 3, 3])
    #expect(x.maxPool2D(Window(2, stride: 2, padding: .same)).output.scalars == [-1, -1, -1, -1])
    let infinite = Tensor<Float>(repeating: -.infinity, shape: [1, 1, 2, 2])
    #expect(infinite.maxPool2D(Window(2)).indices.scalars == [0])
  }

  @Test(arguments: [0, 1, 2, 3]) func nanWins(place: Int) {
    var scalars: [Float] = [.infinity, 1, -1, .infinity]
    scalars[place] = .nan
    let (output, indices) = Tensor(shape: [1, 1, 2, 2], scalars: scalars).maxPool2D(Window(2))
    #expect(output.scalar.isNaN)
    #expect(indices.scalar == Int32(place))
  }

  @Test func stopsWhereShapesDoNotFit() async {
    let window = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1, 3, 2, 5]).maxPool2D(Window(3))
    }
    expectMessage("maxPool2D: a window of 3x3 with padding valid does not fit into input [1, 3, 2, 5]", in: window)

    let rank = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [3, 2, 5]).maxPool2D(Window(2))
    }
    expectMessage("maxPool2D: an input [N, C, H, W] is needed, found [3, 2, 5]", in: rank)

    let gradient = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3, 2, 2])
        .maxPool2DInputGradient(indices: Tensor(zeros: [2, 3, 2, 2]), inputShape: [1, 3, 4, 4])
    }
    expectMessage(
      "maxPool2DInputGradient: the gradient has shape [2, 3, 2, 2], the input [1, 3, 4, 4]", in: gradient)
  }
}
