import Tensor
import TestSupport
import Testing

/// Images times factors of their channels, and both gradients, against the operations one by one in `Double`.
struct ImageFactorsTests {
  @Test func matchesTheOperationsOneByOne() { checkAll() }

  /// The set of kernels is chosen once in a process.
  @Test(arguments: ["avx2", "portable"])
  func otherKernelsMatch(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      useKernels(named: name)
      checkAll()
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let results = resultsOnEveryThreadCount { found([3, 40, 30, 31]).map(\.scalars) }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func otherShapesLayoutsAndEmptyBatchesHaveNone() {
    let images = Tensor<Float>(zeros: [2, 3, 4, 5]).withChannelsInnermost
    #expect(ImageFactors(images, Tensor(zeros: [2, 3, 1, 1])) != nil)
    #expect(ImageFactors(images, Tensor(zeros: [1, 3, 1, 1])) == nil)
    #expect(ImageFactors(images, Tensor(zeros: [2, 3, 4, 5])) == nil)
    #expect(ImageFactors(images, Tensor(zeros: [2, 3])) == nil)
    #expect(ImageFactors(Tensor(zeros: [2, 3, 4, 5]), Tensor(zeros: [2, 3, 1, 1])) == nil)
    #expect(ImageFactors(Tensor(zeros: [0, 3, 4, 5]), Tensor(zeros: [0, 3, 1, 1])) == nil)
  }
}

/// Stops where a result is off.
private func checkAll() {
  let shapes: [Shape] = [[1, 1, 1, 1], [2, 5, 3, 4], [3, 64, 8, 9], [2, 33, 40, 41], [2, 513, 7, 7]]
  for shape in shapes {
    for (index, (found, expected)) in zip(found(shape), expected(shape)).enumerated() {
      // A sum of n products below 1 in size has an error of about √n roundings of a sum of size √n: n · 2⁻²⁴.
      let error = deviation(found, from: expected.toFloat())
      require(error < 1e-4, "\(Kernels.instructionSet), \(shape), result \(index): \(error)")
    }
  }
}

private func operands(_ shape: Shape) -> (x: Tensor<Double>, factor: Tensor<Double>, gradient: Tensor<Double>) {
  (sample(shape), sample([shape[0], shape[1], 1, 1], seed: 2), sample(shape, seed: 3))
}

/// The products, and the gradients of images and factors.
private func found(_ shape: Shape) -> [Tensor<Float>] {
  let (x, factor, gradient) = operands(shape)
  guard let scaling = ImageFactors(x.toFloat().withChannelsInnermost, factor.toFloat())
  else { stop("\(shape): there is no pass") }
  let gradients = scaling.gradients(gradient.toFloat())
  return [scaling.product, gradients.images, gradients.factors]
}

private func expected(_ shape: Shape) -> [Tensor<Double>] {
  let (x, factor, gradient) = operands(shape)
  return [x * factor, gradient * factor, (gradient * x).sum([2, 3], keepingAxes: true)]
}
