import Autograd
import Tensor
import TestSupport
import Testing

struct CrossEntropyTests {
  static let shapes: [Shape] = [[5], [3, 4], [4, 1], [2, 3, 4]]
  private let within = 1e-7...(1 - 1e-7)

  @Test(arguments: shapes)
  func ofShares(shape: Shape) {
    let targets = positiveSamples(shape)[0]
    expectGradients(at: positiveSamples(shape)) { $0[0].crossEntropy(targets, within: within) }
    expectGradients(at: positiveSamples(shape)) { $0[0].crossEntropy(targets, within: 0.2...0.3) }
  }

  @Test(arguments: shapes)
  func ofASoftmax(shape: Shape) {
    let targets = positiveSamples(shape)[0]
    expectGradients(at: samples(shape)) { $0[0].softmax().crossEntropy(targets, within: within) }
    expectGradients(at: samples(shape)) { $0[0].softmax().crossEntropy(targets, within: 0.2...0.3) }
    expectGradients(at: samples(shape)) { $0[0].softmax(axis: 0).crossEntropy(targets, within: within) }
    expectGradients(at: samples(shape)) {
      let p = $0[0].softmax()
      return p.crossEntropy(targets, within: within) + p.squared().sum([-1])
    }
  }

  @Test func passesByASoftmax() throws {
    let targets = Tensor<Double>(identity: 4)
    let x = Variable(tracking: samples([4, 4])[0])
    let p = x.softmax()
    let gradient = try #require(p.crossEntropy(targets, within: within).sum().gradients()[x])
    #expect(gradient == p.value / p.value.sum([1], keepingAxes: true) - targets)
    // A product stands between the two, so that each goes its own way back.
    let stepwise = valueAndGradient(at: x.value) { ($0.softmax() * 1).crossEntropy(targets, within: within).sum() }
    #expect(deviation(gradient, from: stepwise.gradient) < 1e-15)
  }

  @Test func nothingComesBackFromBehindTheBounds() {
    let x = Tensor<Double>(shape: [2, 3], scalars: [0, 30, 31, 40, 0, 1])
    let targets = Tensor<Double>(shape: [2, 3], scalars: [1, 0, 0, 1, 0, 0])
    let (losses, gradient) = valueAndGradient(at: x) { $0.softmax().crossEntropy(targets, within: within).sum() }
    #expect(abs(losses.scalar - 16.118095750958) < 1e-6)
    #expect(gradient == Tensor(zeros: [2, 3]))
  }

  @Test func aSoftmaxWalkedBackFromStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let p = Variable(tracking: Tensor<Double>([1, 2])).softmax()
      _ = p.sum().gradients()
      _ = p.crossEntropy(Tensor([1, 0]), within: 1e-7...1).gradients()
    }
    expectMessage("gradients: the tape was walked back from here before", in: result)
  }

  @Test func otherShapesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Variable(Tensor<Double>(ones: [2, 3])).crossEntropy(Tensor(ones: [3]), within: 1e-7...1)
    }
    expectMessage("crossEntropy: probabilities [2, 3], targets [3]", in: result)
  }
}
