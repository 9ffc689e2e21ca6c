import Autograd
import Tensor
import TestSupport
import Testing

/// Losses of quantities, scores and distributions.
struct LossTests {
  static let shapes: [Shape] = [[5], [3, 4], [4, 1], [2, 3, 4], [0, 3]]

  @Test(arguments: shapes)
  func quantities(shape: Shape) {
    let targets = positiveSamples(shape)[0]
    for delta in [0.2, 1, 10] { expectGradients(at: samples(shape)) { $0[0].huber(delta: delta) } }
    expectGradients(at: samples(shape)) { $0[0].logCosh() }
    expectGradients(at: positiveSamples(shape)) { $0[0].poissonLoss(targets, floor: 1e-7) }
    expectGradients(at: positiveSamples(shape)) { ($0[0] - 1).squaredLogarithmicError(targets, floor: 1e-7) }
    guard shape.elementCount > 0 else { return }
    expectGradients(at: samples(shape)) { $0[0].cosineSimilarity(to: targets, floor: 1e-7) }
    expectGradients(at: samples(shape)) { ($0[0] * 1e-3).cosineSimilarity(to: targets, axis: 0, floor: 0.1) * 1e-2 }
  }

  @Test(arguments: shapes)
  func scoresAndDistributions(shape: Shape) {
    let targets = positiveSamples(shape)[0] * 0.4
    let signs = Tensor<Double>(ones: shape) - (samples(shape, seed: 3)[0] .> 0).doubled
    expectGradients(at: samples(shape)) { $0[0].hinge(signs) }
    expectGradients(at: positiveSamples(shape)) { ($0[0] * 0.6).divergence(from: targets, within: 0.35...1) }
    for gamma in [0, 0.5, 1, 2, 3.7] {
      let bounds = 1e-7...(1 - 1e-7)
      expectGradients(at: positiveSamples(shape)) {
        ($0[0] * 0.4).binaryFocalCrossEntropy(targets, gamma: gamma, within: bounds)
      }
      expectGradients(at: samples(shape)) {
        $0[0].sigmoid().binaryFocalCrossEntropy(targets, gamma: gamma, within: bounds)
      }
      expectGradients(at: positiveSamples(shape)) { $0[0].focalCrossEntropy(targets, gamma: gamma, within: bounds) }
      expectGradients(at: positiveSamples(shape)) { $0[0].focalCrossEntropy(targets, gamma: gamma, within: 0.2...0.3) }
      expectGradients(at: samples(shape)) { $0[0].softmax().focalCrossEntropy(targets, gamma: gamma, within: bounds) }
      expectGradients(at: samples(shape)) {
        $0[0].softmax(axis: 0).focalCrossEntropy(targets, gamma: gamma, axis: 0, within: bounds)
      }
    }
  }

  /// From probabilities and from their logits: the same numbers.
  @Test func focalLossesAgree() {
    let (x, targets) = (samples([4, 3])[0], positiveSamples([4, 3])[0] * 0.4)
    let bounds = 1e-7...(1 - 1e-7)
    let softmax = Variable(x).softmax()
    #expect(
      deviation(
        softmax.focalCrossEntropy(targets, gamma: 2, within: bounds).value,
        from: Variable(softmax.value).focalCrossEntropy(targets, gamma: 2, within: bounds).value) < 1e-14)
    let sigmoid = Variable(x).sigmoid()
    #expect(
      deviation(
        sigmoid.binaryFocalCrossEntropy(targets, gamma: 2, within: bounds).value,
        from: Variable(sigmoid.value).binaryFocalCrossEntropy(targets, gamma: 2, within: bounds).value) < 1e-14)
    // Without focus they are the cross-entropies.
    #expect(
      deviation(
        softmax.focalCrossEntropy(targets, gamma: 0, within: bounds).value,
        from: softmax.crossEntropy(targets, within: bounds).value) < 1e-14)
  }

  /// Transposed, sliced and broadcast inputs.
  @Test func anyLayout() {
    let rows = samples([3, 4])[0]
    let layouts = [rows.transposed(), rows[.all, 1..<3], samples([1, 4])[0].broadcast(to: [3, 4])]
    for layout in layouts {
      let dense = Tensor(shape: layout.shape, scalars: layout.scalars)
      let targets = positiveSamples(layout.shape)[0]
      for loss: (Variable<Double>) -> Variable<Double> in [
        { $0.huber(delta: 0.5) }, { $0.logCosh() }, { $0.hinge(targets) },
        { $0.cosineSimilarity(to: targets, floor: 1e-7) },
        { $0.softmax().focalCrossEntropy(targets, gamma: 2, within: 1e-7...1) },
        { $0.sigmoid().binaryFocalCrossEntropy(targets, gamma: 2, within: 1e-7...1) },
      ] {
        let (found, expected) = (
          valueAndGradient(at: layout) { loss($0).sum() }, valueAndGradient(at: dense) { loss($0).sum() }
        )
        #expect(deviation(found.value, from: expected.value) < 1e-14)
        #expect(deviation(found.gradient, from: expected.gradient) < 1e-14)
      }
    }
  }

  @Test func otherShapesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Variable(Tensor<Float>(zeros: [2, 3])).hinge(Tensor(zeros: [3]))
    }
    expectMessage("hinge: scores [2, 3], targets [3]", in: result)
    await #expect(processExitsWith: .failure) {
      _ = Variable(Tensor<Float>(zeros: [2])).poissonLoss(Tensor(zeros: [3]), floor: 1e-7)
    }
    await #expect(processExitsWith: .failure) { _ = Variable(Tensor<Float>(zeros: [2])).huber(delta: -1) }
  }
}

extension Tensor<Bool> {
  /// 2 for true, 0 for false.
  fileprivate var doubled: Tensor<Double> { Tensor<Double>(shape: shape, scalars: scalars.map { $0 ? 2 : 0 }) }
}
