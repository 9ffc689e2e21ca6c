import Autograd
import Foundation
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
    #expect(deviation(gradient, from: p.value - targets) < 1e-15)
    // A product stands between the two, so that each goes its own way back.
    let stepwise = valueAndGradient(at: x.value) { ($0.softmax() * 1).crossEntropy(targets, within: within).sum() }
    #expect(deviation(gradient, from: stepwise.gradient) < 1e-15)
  }

  /// A product stands between softmax and loss, so that the loss sees probabilities alone.
  @Test func nothingComesBackFromBehindTheBounds() {
    let x = Tensor<Double>(shape: [2, 3], scalars: [0, 30, 31, 40, 0, 1])
    let targets = Tensor<Double>(shape: [2, 3], scalars: [1, 0, 0, 1, 0, 0])
    let (losses, gradient) = valueAndGradient(at: x) { ($0.softmax() * 1).crossEntropy(targets, within: within).sum() }
    #expect(abs(losses.scalar - 16.118095750958) < 1e-6)
    #expect(gradient == Tensor(zeros: [2, 3]))
  }

  /// The worst mistakes teach the most: logits [20, 0] of class 1.
  @Test func saturatedOutputsStillTeach() {
    let targets = Tensor<Double>(shape: [1, 2], scalars: [0, 1])
    let softmax = valueAndGradient(at: Tensor<Double>(shape: [1, 2], scalars: [20, 0])) {
      $0.softmax().crossEntropy(targets, within: within).sum()
    }
    // log(1 + e^20), and e^20 / (1 + e^20) with both signs.
    #expect(abs(softmax.value.scalar - 20.000000002061153) < 1e-14)
    #expect(deviation(softmax.gradient, from: Tensor(shape: [1, 2], scalars: [1, -1]) * 0.9999999979388464) < 1e-15)

    let sigmoid = valueAndGradient(at: Tensor<Double>([-40, 40, 800])) {
      $0.sigmoid().binaryCrossEntropy(Tensor([1, 0, 0]), within: within).sum()
    }
    #expect(sigmoid.value.scalar == 880)
    #expect(deviation(sigmoid.gradient, from: Tensor([-1, 1, 1])) < 1e-15)
  }

  /// Without a tape the loss is the same.
  @Test func constantsKnowTheirLogits() {
    let x = Variable(Tensor<Double>(shape: [1, 2], scalars: [50, 0]))
    let targets = Tensor<Double>(shape: [1, 2], scalars: [0, 1])
    #expect(x.softmax().crossEntropy(targets, within: within).value.scalar == 50)
    #expect(x.sigmoid().binaryCrossEntropy(targets, within: within).value.scalars[0] == 50)
    let tracked = Variable(tracking: x.value).softmax().detached()
    #expect(!tracked.needsGradient)
    #expect(tracked.crossEntropy(targets, within: within).value.scalar == 50)
    // Numbers alone are clipped.
    let numbers = Variable(x.softmax().value)
    #expect(abs(numbers.crossEntropy(targets, within: within).value.scalar + log(1e-7)) < 1e-9)
  }

  @Test(
    arguments: [([3, 4], 0), ([2, 3, 4], 1), ([2, 3, 2, 2], 1), ([2, 3, 2, 2], -3), ([1, 2, 2, 2, 3], 1)]
      as [(Shape, Int)])
  func alongAnAxis(shape: Shape, axis: Int) {
    let targets = positiveSamples(shape)[0]
    expectGradients(at: positiveSamples(shape)) { $0[0].crossEntropy(targets, axis: axis, within: within) }
    expectGradients(at: samples(shape)) { $0[0].softmax(axis: axis).crossEntropy(targets, axis: axis, within: within) }
    expectGradients(at: samples(shape)) { $0[0].softmaxCrossEntropy(targets, axis: axis) }
    // The classes last: the same numbers.
    let resolved = axis < 0 ? axis + shape.rank : axis
    let order = shape.indices.filter { $0 != resolved } + [resolved]
    let x = Variable(samples(shape)[0])
    let expected = x.permuted(order).softmaxCrossEntropy(targets.permuted(order)).value
    #expect(deviation(x.softmaxCrossEntropy(targets, axis: axis).value, from: expected) < 1e-14)
    #expect(
      deviation(x.softmax(axis: axis).crossEntropy(targets, axis: axis, within: within).value, from: expected) < 1e-14)
  }

  /// The softmax of another axis is not the one of the loss.
  @Test func aSoftmaxAlongAnotherAxisIsNoLogits() {
    let x = Variable(samples([3, 3])[0])
    let targets = Tensor<Double>(identity: 3)
    let p = x.softmax(axis: 0)
    let plain = Variable(p.value).crossEntropy(targets, axis: 1, within: within).value
    #expect(p.crossEntropy(targets, axis: 1, within: within).value == plain)
    #expect(p.sigmoid().crossEntropy(targets, axis: 1, within: within).value != x.softmaxCrossEntropy(targets).value)
  }

  @Test(arguments: shapes)
  func binary(shape: Shape) {
    let targets = positiveSamples(shape)[0] * 0.5
    expectGradients(at: positiveSamples(shape)) { ($0[0] * 0.4).binaryCrossEntropy(targets, within: within) }
    expectGradients(at: samples(shape)) { $0[0].sigmoid().binaryCrossEntropy(targets, within: within) }
    expectGradients(at: samples(shape)) { $0[0].sigmoidCrossEntropy(targets) }
    let x = Variable(samples(shape)[0])
    let expected = (x.sigmoid() * 1).binaryCrossEntropy(targets, within: within).value
    #expect(deviation(x.sigmoidCrossEntropy(targets).value, from: expected) < 1e-12)
  }

  /// A masked class has a logit of minus infinity.
  @Test func classesThatAreNotExpectedMayBeImpossible() {
    let x = Variable(tracking: Tensor<Double>(shape: [1, 3], scalars: [0, -.infinity, 0]))
    let loss = x.softmaxCrossEntropy(Tensor(shape: [1, 3], scalars: [1, 0, 0])).sum()
    #expect(abs(loss.value.scalar - log(2)) < 1e-15)
    #expect(loss.gradients()[x] == Tensor(shape: [1, 3], scalars: [-0.5, 0, 0.5]))
  }

  @Test func aSoftmaxWalkedBackFromStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let p = (Variable(tracking: Tensor<Double>([1, 2])) * 1).softmax()
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
