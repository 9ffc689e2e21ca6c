import Autograd
import Tensor
import Testing

struct FunctionsTests {
  static let shapes: [Shape] = [[], [1], [7], [3, 5], [2, 3, 1, 4]]

  @Test(arguments: shapes)
  func smooth(shape: Shape) {
    expectGradients(at: samples(shape)) { $0[0].exp() }
    expectGradients(at: positiveSamples(shape)) { $0[0].log() }
    expectGradients(at: positiveSamples(shape)) { $0[0].squareRoot() }
    expectGradients(at: samples(shape)) { $0[0].squared() }
    expectGradients(at: samples(shape)) { $0[0].tanh() }
    expectGradients(at: samples(shape)) { $0[0].sigmoid() }
  }

  @Test(arguments: shapes)
  func kinked(shape: Shape) {
    expectGradients(at: samples(shape)) { $0[0].absolute() }
    expectGradients(at: samples(shape)) { $0[0].relu() }
    expectGradients(at: samples(shape)) { $0[0].leakyReLU(slope: 0.3) }
    expectGradients(at: samples(shape)) { $0[0].clipped(to: -0.5...0.7) }
  }

  @Test func atTheKinks() {
    func gradient(_ x: [Double], _ function: (Variable<Double>) -> Variable<Double>) -> [Double] {
      valueAndGradient(at: Tensor(x)) { function($0).sum() }.gradient.scalars
    }
    #expect(gradient([-1, 0, 2]) { $0.relu() } == [0, 0, 1])
    #expect(gradient([-1, 0, -0.0, 2]) { $0.leakyReLU(slope: 0.25) } == [0.25, 0.25, 0.25, 1])
    #expect(gradient([-1, 0, 2]) { $0.leakyReLU(slope: 0) } == [0, 0, 1])
    #expect(gradient([-1, 0, 2]) { $0.leakyReLU(slope: 2) } == [2, 2, 1])
    #expect(gradient([-1, 0, 2]) { $0.absolute() } == [-1, 0, 1])
    // On ties the first of two takes the gradient, as in TensorFlow.
    #expect(gradient([-1, 0, 2]) { Variable.maximum($0, Variable(Tensor(zeros: [3]))) } == [0, 1, 1])
    #expect(gradient([-1, 0, 2]) { Variable.maximum(Variable(Tensor(zeros: [3])), $0) } == [0, 0, 1])
    #expect(gradient([-1, 0, 2]) { Variable.minimum($0, Variable(Tensor(zeros: [3]))) } == [1, 1, 0])
    #expect(gradient([-2, -1, 0, 1, 2]) { $0.clipped(to: -1...1) } == [0, 1, 1, 1, 0])
  }

  @Test func notANumberPassesThrough() {
    let x = Variable(Tensor<Double>([.nan, 1]))
    let ones = Variable(Tensor<Double>([1, 1]))
    let results = [
      x.relu(), x.leakyReLU(slope: 0.5), x.clipped(to: 0...1), x.absolute(), x.sigmoid(), x.tanh(), x.softmax(),
      x.logSoftmax(), Variable.maximum(x, ones), Variable.maximum(ones, x), Variable.minimum(x, ones),
      Variable.minimum(ones, x), x.max(), x.min(), x.max([0], keepingAxes: true), x.sum(), x.mean(), x.variance(),
    ]
    for (index, result) in results.enumerated() {
      #expect(result.value.scalars[0].isNaN, "function \(index)")
    }
  }

  @Test func farOut() {
    let x = Tensor<Double>([-1_000, 0, 1_000])
    #expect(valueAndGradient(at: x) { $0.sigmoid().sum() }.gradient.scalars == [0, 0.25, 0])
    #expect(valueAndGradient(at: x) { $0.tanh().sum() }.gradient.scalars == [0, 1, 0])
    #expect(valueAndGradient(at: x) { $0.logSoftmax().sum() }.gradient.scalars == [1, 1, -2])
  }

  @Test(arguments: [[4], [3, 5], [2, 3, 4]] as [Shape])
  func masked(shape: Shape) {
    var generator = RandomGenerator(seed: 5)
    let mask = Tensor(bernoulli: shape, probability: 0.6, using: &generator)
    expectGradients(at: samples(shape)) { $0[0].masked(by: mask, scale: 2.5) }
    expectGradients(at: samples(shape)) { $0[0].masked(by: mask) }
  }

  @Test(
    arguments: [([5], -1), ([3, 5], -1), ([3, 5], 0), ([2, 3, 5], 1), ([2, 3, 5], -3), ([4, 1], 1)] as [(Shape, Int)])
  func softmax(shape: Shape, axis: Int) {
    expectGradients(at: samples(shape)) { $0[0].softmax(axis: axis) }
    expectGradients(at: samples(shape)) { $0[0].logSoftmax(axis: axis) }
  }

  @Test func valuesAreTheTensors() {
    let x = positiveSamples([2, 3])[0] - 1
    let variable = Variable(x)
    #expect(variable.exp().value == x.exp() && variable.squared().value == x.squared())
    #expect(variable.absolute().value == x.absolute() && variable.relu().value == x.relu())
    #expect(variable.leakyReLU(slope: 0.1).value == Tensor.maximum(x, x * 0.1))
    #expect(variable.tanh().value == x.tanh() && variable.sigmoid().value == x.sigmoid())
    #expect(variable.clipped(to: 0...0.5).value == x.clipped(to: 0...0.5))
    #expect(variable.softmax(axis: 0).value == x.softmax(axis: 0))
    #expect(variable.logSoftmax(axis: 0).value == x.logSoftmax(axis: 0))
    #expect((variable + 1).log().value == (x + 1).log())
    #expect((variable + 1).squareRoot().value == (x + 1).squareRoot())
  }
}
