import Tensor
import TestSupport
import Testing

struct ConvolutionTests {
  /// Input channels, output channels, groups: single, plain, two groups, depthwise, depthwise with two filters each.
  static let channels = [[1, 1, 1], [3, 4, 1], [4, 6, 2], [3, 3, 3], [2, 4, 2]]

  @Test(arguments: WindowCase.all, channels) func matchesTheDefinition(item: WindowCase, channels: [Int]) {
    check(item, channels, of: Float.self)
    check(item, channels, of: Double.self)
  }

  private func check<Scalar: FloatingScalar>(_ item: WindowCase, _ channels: [Int], of type: Scalar.Type) {
    let operands = Operands<Scalar>(item, channels, batch: 3)
    let (x, w, groups) = (operands.input, operands.weight, channels[2])
    let bias: Tensor<Scalar> = dyadicSample([channels[1]], seed: 3)
    #expect(
      x.convolution2D(w, bias: bias, window: item.window, groups: groups)
        == naiveConvolution(x, w, bias: bias, window: item.window, groups: groups))
    #expect(
      x.convolution2D(w, window: item.window, groups: groups)
        == naiveConvolution(x, w, window: item.window, groups: groups))
  }

  @Test(arguments: [WindowCase.all[0], WindowCase.all[7], WindowCase.all[14]])
  func takesEveryLayout(item: WindowCase) {
    let operands = Operands<Float>(item, [4, 6, 2], batch: 2)
    let (input, weight, window) = (operands.input, operands.weight, item.window)
    let bias: Tensor<Float> = dyadicSample([6], seed: 3)
    let output = naiveConvolution(input, weight, bias: bias, window: window, groups: 2)
    let upstream: Tensor<Float> = dyadicSample(output.shape, seed: 4)
    let inputGradient = upstream.convolution2DInputGradient(weight, inputShape: input.shape, window: window, groups: 2)
    let weightGradient = upstream.convolution2DWeightGradient(
      input, weightShape: weight.shape, window: window, groups: 2)
    for (name, x) in everyLayout(of: input) {
      #expect(x.convolution2D(weight, bias: bias, window: window, groups: 2) == output, "\(name)")
      #expect(
        upstream.convolution2DWeightGradient(x, weightShape: weight.shape, window: window, groups: 2)
          == weightGradient, "\(name)")
    }
    for (name, w) in everyLayout(of: weight) {
      #expect(input.convolution2D(w, bias: bias, window: window, groups: 2) == output, "\(name)")
      #expect(
        upstream.convolution2DInputGradient(w, inputShape: input.shape, window: window, groups: 2) == inputGradient,
        "\(name)")
    }
    for (name, b) in everyLayout(of: bias) {
      #expect(input.convolution2D(weight, bias: b, window: window, groups: 2) == output, "\(name)")
    }
    for (name, g) in everyLayout(of: upstream) {
      #expect(
        g.convolution2DInputGradient(weight, inputShape: input.shape, window: window, groups: 2) == inputGradient,
        "\(name)")
      #expect(
        g.convolution2DWeightGradient(input, weightShape: weight.shape, window: window, groups: 2) == weightGradient,
        "\(name)")
    }
  }

  /// Convolution is linear in the input and in the weight, so ⟨conv(x, w), g⟩ = ⟨x, dx(g)⟩ = ⟨w, dw(g)⟩ says all about
  /// the gradients; with dyadic numbers it holds exactly.
  @Test(arguments: WindowCase.all, channels) func gradientsAreAdjoint(item: WindowCase, channels: [Int]) {
    let operands = Operands<Double>(item, channels, batch: 11)
    let (x, w, groups) = (operands.input, operands.weight, channels[2])
    let y = x.convolution2D(w, window: item.window, groups: groups)
    let g: Tensor<Double> = dyadicSample(y.shape, seed: 4)
    let expected = innerProduct(y, g)
    let dx = g.convolution2DInputGradient(w, inputShape: x.shape, window: item.window, groups: groups)
    let dw = g.convolution2DWeightGradient(x, weightShape: w.shape, window: item.window, groups: groups)
    #expect(dx.shape == x.shape && dw.shape == w.shape)
    #expect(innerProduct(x, dx) == expected)
    #expect(innerProduct(w, dw) == expected)
  }

  @Test func takesAnEmptyBatch() {
    let (x, w) = (Tensor<Float>(zeros: [0, 2, 5, 5]), Tensor<Float>(ones: [3, 2, 3, 3]))
    let y = x.convolution2D(w, window: Window(3))
    #expect(y.shape == [0, 3, 3, 3])
    #expect(y.convolution2DInputGradient(w, inputShape: x.shape, window: Window(3)).shape == x.shape)
    #expect(y.convolution2DWeightGradient(x, weightShape: w.shape, window: Window(3)) == Tensor(zeros: w.shape))
  }

  @Test func stopsWhereShapesDoNotFit() async {
    let channels = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1, 4, 5, 5]).convolution2D(Tensor(zeros: [8, 3, 3, 3]), window: Window(3))
    }
    expectMessage("convolution: 1 groups do not fit input [1, 4, 5, 5] and weight [8, 3, 3, 3]", in: channels)

    let window = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1, 3, 2, 5]).convolution2D(Tensor(zeros: [8, 3, 3, 3]), window: Window(3))
    }
    expectMessage(
      "convolution: the window of weight [8, 3, 3, 3] does not fit into input [1, 3, 2, 5] with padding valid",
      in: window)

    let gradient = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1, 8, 5, 5])
        .convolution2DInputGradient(Tensor(zeros: [8, 3, 3, 3]), inputShape: [1, 3, 5, 5], window: Window(3))
    }
    expectMessage(
      "convolution2DInputGradient: the gradient has shape [1, 8, 5, 5], [1, 8, 3, 3] was expected", in: gradient)

    let bias = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1, 3, 5, 5])
        .convolution2D(Tensor(zeros: [8, 3, 3, 3]), bias: Tensor(zeros: [3]), window: Window(3))
    }
    expectMessage("convolution: bias [3] for weight [8, 3, 3, 3]", in: bias)
  }
}

/// Input and weight of dyadic numbers.
private struct Operands<Scalar: FloatingScalar> {
  let input, weight: Tensor<Scalar>

  init(_ item: WindowCase, _ channels: [Int], batch: Int) {
    input = dyadicSample([batch, channels[0], item.input.height, item.input.width])
    weight = dyadicSample(
      [channels[1], channels[0] / channels[2], item.window.size.height, item.window.size.width], seed: 2)
  }
}
