import Autograd
import Tensor
import Testing

struct ConvolutionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var input: Shape = [2, 2, 5, 6]
    var weight: Shape = [3, 2, 3, 3]
    var window: Window
    var groups = 1

    var testDescription: String { "input \(input), weight \(weight), \(window), groups \(groups)" }
  }

  static let convolutions = [
    Case(window: Window(3)),
    Case(window: Window(3, padding: .same)),
    Case(window: Window(3, stride: 2, padding: .same)),
    Case(window: Window(3, stride: Size(height: 2, width: 3))),
    Case(window: Window(3, dilation: 2, padding: .same)),
    Case(window: Window(3, stride: 2, dilation: 2, padding: .explicit(top: 2, bottom: 1, left: 0, right: 3))),
    Case(weight: [3, 2, 2, 3], window: Window(Size(height: 2, width: 3), padding: .same)),
    Case(weight: [1, 2, 1, 1], window: Window(1)),
    Case(weight: [4, 2, 1, 1], window: Window(1, stride: 2)),
    Case(weight: [2, 2, 5, 6], window: Window(Size(height: 5, width: 6))),
    Case(input: [1, 4, 5, 5], weight: [6, 2, 3, 3], window: Window(3, padding: .same), groups: 2),
    Case(input: [2, 3, 4, 5], weight: [3, 1, 3, 3], window: Window(3, padding: .same), groups: 3),
    Case(input: [1, 3, 5, 5], weight: [6, 1, 2, 2], window: Window(2, stride: 2, padding: .same), groups: 3),
    Case(input: [1, 1, 1, 1], weight: [1, 1, 3, 3], window: Window(3, padding: .same)),
  ]

  @Test(arguments: convolutions)
  func convolution(_ test: Case) {
    expectGradients(at: samples(test.input, test.weight, [test.weight[0]])) {
      $0[0].convolution2D($0[1], bias: $0[2], window: test.window, groups: test.groups)
    }
    expectGradients(at: samples(test.input, test.weight)) {
      $0[0].convolution2D($0[1], window: test.window, groups: test.groups)
    }
  }

  @Test func convolutionOfConstants() {
    let (image, weight) = (samples([1, 2, 4, 4])[0], samples([3, 2, 3, 3], seed: 2)[0])
    expectGradients(at: [weight]) { Variable(image).convolution2D($0[0], window: Window(3)) }
    expectGradients(at: [image]) { $0[0].convolution2D(Variable(weight), window: Window(3)) }
  }

  /// Windows apart, side by side and overlapping, with and without padding, with columns that no window reaches.
  static let poolings = [
    Window(2, stride: 2), Window(2, stride: 2, padding: .same), Window(3, stride: 1), Window(3, stride: 2),
    Window(3, stride: 2, padding: .same), Window(2, stride: 3), Window(Size(height: 1, width: 3), stride: 1),
    Window(3, stride: 2, padding: .explicit(top: 1, bottom: 0, left: 1, right: 1)),
  ]

  @Test(arguments: poolings)
  func pooling(window: Window) {
    for shape in [[2, 2, 5, 7], [1, 3, 6, 4], [1, 1, 3, 3]] as [Shape] {
      expectGradients(at: samples(shape)) { $0[0].maxPool2D(window) }
      expectGradients(at: samples(shape)) { $0[0].averagePool2D(window) }
    }
  }

  @Test func dilatedPooling() {
    let window = Window(2, stride: 1, dilation: 2)
    expectGradients(at: samples([1, 2, 5, 5])) { $0[0].maxPool2D(window) }
    expectGradients(at: samples([1, 2, 5, 5])) { $0[0].averagePool2D(window) }
  }

  @Test func theFirstOfEqualsTakesTheGradient() {
    let x = Tensor<Double>(zeros: [1, 1, 2, 4])
    let gradient = valueAndGradient(at: x) { $0.maxPool2D(Window(2, stride: 2)).sum() }.gradient
    #expect(gradient.scalars == [1, 0, 1, 0, 0, 0, 0, 0])
  }
}

/// What a convolution in single precision leaves out where an operand is a constant, and that it is the same otherwise.
struct FrozenConvolutionTests {
  /// Winograd in one block, in groups, depthwise, and without a fast algorithm.
  static let cases: [(input: Shape, weight: Shape, window: Window, groups: Int)] = [
    ([2, 16, 8, 8], [20, 16, 3, 3], Window(3, padding: .same), 1),
    ([8, 16, 64, 64], [32, 16, 3, 3], Window(3, padding: .same), 1),
    ([2, 12, 9, 7], [12, 1, 3, 3], Window(3, stride: 2, padding: .same), 12),
    ([2, 6, 9, 7], [4, 6, 3, 3], Window(3, stride: 2, padding: .same), 1),
  ]

  @Test(arguments: cases.indices, [false, true])
  func theInputGradientIsTheSameForAFrozenWeight(index: Int, pools: Bool) throws {
    let (inputShape, weightShape, window, groups) = Self.cases[index]
    var generator = RandomGenerator(seed: 3)
    let input = Tensor<Float>(normal: inputShape, using: &generator)
    let weight = Tensor<Float>(normal: weightShape, using: &generator)
    let bias = Tensor<Float>(normal: [weightShape[0]], using: &generator)
    func gradients(trainsFilters: Bool, trainsInput: Bool = true) -> [Tensor<Float>?] {
      let x = trainsInput ? Variable(tracking: input) : Variable(input)
      let w = trainsFilters ? Variable(tracking: weight) : Variable(weight)
      let b = trainsFilters ? Variable(tracking: bias) : Variable(bias)
      let y = x.convolution2D(w, bias: b, window: window, groups: groups, appliesReLU: true, pools: pools)
      guard y.needsGradient else { return [] }
      let gradients = (y * y).sum().gradients()
      return [gradients[x], gradients[w], gradients[b]]
    }
    let all = gradients(trainsFilters: true)
    let frozen = gradients(trainsFilters: false)
    #expect(frozen[0] == all[0] && frozen[1] == nil && frozen[2] == nil)
    #expect(all[1] != nil && all[2] != nil)
    #expect(gradients(trainsFilters: false, trainsInput: false).isEmpty)
  }
}
