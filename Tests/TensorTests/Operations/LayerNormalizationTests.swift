import Tensor
import TestSupport
import Testing

/// Layer normalization in one pass, against the operations one by one in `Double`.
struct LayerNormalizationTests {
  @Test func matchesTheOperationsOneByOne() { checkAll() }

  /// The set of kernels is chosen once in a process.
  @Test func avx2KernelsMatch() async {
    await #expect(processExitsWith: .success) {
      useKernels(named: "avx2")
      checkAll()
    }
  }

  @Test func portableKernelsMatch() async {
    await #expect(processExitsWith: .success) {
      useKernels(named: "portable")
      checkAll()
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let (x, gradient): (Tensor<Float>, Tensor<Float>) = (sample([900, 130]), sample([900, 130], seed: 2))
    let results = resultsOnEveryThreadCount {
      let normal = LayerNormalization(x, axis: 1, scale: sample([130]), shift: sample([130]), epsilon: 0.1)
      return [normal?.output, normal?.gradient(gradient).input, normal?.gradient(gradient).scale].map { $0?.scalars }
    }
    #expect(results.allSatisfy { $0 == results[0] && $0.allSatisfy { $0 != nil } })
  }

  /// A row of one value has variance 0, however large the value is.
  @Test func equalNumbersAreZero() {
    let x = Tensor<Float>(repeating: 12_345.678, shape: [2, 37])
    let normal = LayerNormalization(x, axis: 1, scale: Tensor(ones: [37]), shift: Tensor(zeros: [37]), epsilon: 1e-6)
    #expect(normal?.output.scalars.allSatisfy { $0.magnitude < 1e-2 } == true)
  }

  @Test func otherLayoutsHaveNone() {
    func normalization(_ x: Tensor<Float>) -> LayerNormalization? {
      LayerNormalization(x, axis: 1, scale: Tensor(ones: [3]), shift: Tensor(zeros: [3]), epsilon: 1)
    }
    #expect(normalization(Tensor(zeros: [2, 3, 4, 5])) == nil)
    #expect(normalization(Tensor(zeros: [0, 3])) == nil)
    #expect(normalization(Tensor(zeros: [2, 3])) != nil)
  }
}

/// Stops where a result is off.
private func checkAll() {
  let cases: [(Shape, Int)] = [([5, 1], 1), ([4, 7], 1), ([300, 65], 1), ([3, 5, 33], 2), ([2, 40, 9, 7], 1)]
  for (shape, axis) in cases {
    let (x, gradient): (Tensor<Double>, Tensor<Double>) = (sample(shape), sample(shape, seed: 2))
    let (scale, shift): (Tensor<Double>, Tensor<Double>) = (
      sample([shape[axis]], seed: 3), sample([shape[axis]], seed: 4)
    )
    func spread(_ vector: Tensor<Double>) -> Tensor<Double> {
      vector.reshaped(to: [shape[axis]] + [Int](repeating: 1, count: shape.rank - 1 - axis))
    }
    let (normal, factors) = x.normalizingRows(along: [axis], by: .standard(epsilon: 0.1))
    let others = shape.indices.filter { $0 != axis }
    let expected = [
      normal * spread(scale) + spread(shift),
      (gradient * spread(scale)).rowNormalizationGradient(
        output: normal, factors: factors, along: [axis], by: .standard(epsilon: 0.1)),
      (gradient * normal).sum(others), gradient.sum(others),
    ]
    let innermost = others + [axis]
    let stored = x.toFloat().permuted(innermost).contiguous()
      .permuted(innermost.indices.map { place in innermost.firstIndex(of: place) ?? place })
    let found = LayerNormalization(
      stored, axis: axis, scale: scale.toFloat(), shift: shift.toFloat(), epsilon: 0.1)
    guard let found else { stop("\(shape): there is no pass") }
    let gradients = found.gradient(gradient.toFloat())
    for (index, result) in [found.output, gradients.input, gradients.scale, gradients.shift].enumerated() {
      // Sums of up to 300 terms below 8, in lanes.
      let error = deviation(result, from: expected[index].toFloat())
      require(error < 2e-5, "\(Kernels.instructionSet), \(shape), result \(index): \(error)")
    }
  }
}
