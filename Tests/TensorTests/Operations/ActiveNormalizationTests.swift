import Tensor
import TestSupport
import Testing

/// Normalization with a sum and an activation in one pass, against the operations one by one in `Double`.
struct ActiveNormalizationTests {
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
    let item = Item(shape: [5, 40, 30, 31], activation: .relu, adds: true, usesBatch: true)
    let results = resultsOnEveryThreadCount { item.found.map(\.scalars) }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// A flat rectifier passes nothing on, whatever comes back.
  @Test func flatPartsDropNaN() {
    let x = Tensor<Float>(shape: [3, 1], scalars: [-1, 0, 1])
    let ones = Tensor<Float>(ones: [1])
    let fixed = ChannelStatistics(mean: Tensor<Float>(zeros: [1]), variance: ones)
    let normal = ActiveNormalization(
      x, by: fixed, scale: ones, shift: Tensor(zeros: [1]), epsilon: 0, activation: .relu)
    let gradient = normal?.gradient(Tensor(shape: [3, 1], scalars: [.nan, .infinity, 2]), result: nil)
    #expect(gradient?.normalization.input.scalars == [0, 0, 2])
  }

  @Test func otherLayoutsAndEmptyBatchesHaveNone() {
    func normalization(_ x: Tensor<Float>) -> ActiveNormalization? {
      let channels: Shape = [x.shape[1]]
      return ActiveNormalization(
        x, by: nil, scale: Tensor(ones: channels), shift: Tensor(zeros: channels), epsilon: 1, activation: .relu)
    }
    #expect(normalization(Tensor(zeros: [2, 3, 4, 5])) == nil)
    #expect(normalization(Tensor(zeros: [0, 3])) == nil)
    #expect(normalization(Tensor(zeros: [2, 3])) != nil)
  }
}

private let shapes: [Shape] = [[7, 3], [1, 1], [300, 130], [2, 5, 3, 4], [3, 64, 8, 9], [2, 33, 40, 41]]

/// Stops where a result is off.
private func checkAll() {
  for shape in shapes {
    for activation in [.linear, .relu, .boundedReLU(maximum: 0.7), .silu, .hardSiLU] as [NormalizedActivation] {
      for adds in activation.isKnownByResult ? [false, true] : [false] {
        for usesBatch in [false, true] {
          let item = Item(shape: shape, activation: activation, adds: adds, usesBatch: usesBatch)
          for (index, (found, expected)) in zip(item.found, item.expected).enumerated() {
            // Sums of n terms below 8 in size have errors of a few √n units, in blocks; near a corner of the activation a
            // gradient jumps, so the samples stay away from it.
            let error = deviation(found, from: expected.toFloat())
            require(error < 1e-4, "\(Kernels.instructionSet), \(item), result \(index): \(error)")
          }
        }
      }
    }
  }
}

private struct Item {
  let shape: Shape
  let activation: NormalizedActivation
  let adds: Bool
  let usesBatch: Bool
  let epsilon = 0.01

  private var channels: Shape { [shape[1]] }
  private var x: Tensor<Double> { sample(shape) }
  private var scale: Tensor<Double> { sample(channels, seed: 2) + 1.5 }
  private var shift: Tensor<Double> { sample(channels, seed: 3) }
  private var addend: Tensor<Double>? { adds ? sample(shape, seed: 4) : nil }
  private var gradient: Tensor<Double> { sample(shape, seed: 5) }
  private var fixed: ChannelStatistics<Double>? {
    usesBatch
      ? nil : ChannelStatistics(mean: sample(channels, seed: 6), variance: sample(channels, seed: 7).squared() + 0.5)
  }

  /// Result, and the gradients of input, scale, shift and addend.
  var found: [Tensor<Float>] {
    let fixed = fixed.map { ChannelStatistics(mean: $0.mean.toFloat(), variance: $0.variance.toFloat()) }
    let normal = ActiveNormalization(
      x.toFloat().withChannelsInnermost, by: fixed, scale: scale.toFloat(), shift: shift.toFloat(),
      epsilon: Float(epsilon), activation: activation)
    guard let normal else { stop("\(self): there is no pass") }
    let output = normal.output(adding: addend?.toFloat())
    let gradient = normal.gradient(gradient.toFloat(), result: adds ? output : nil)
    let own = gradient.normalization
    return [output, own.input, own.scale, own.shift] + (gradient.addend.map { [$0] } ?? [])
  }

  var expected: [Tensor<Double>] {
    let statistics = fixed ?? x.channelStatistics()
    let normal = x.normalized(by: statistics, scale: scale, shift: shift, epsilon: epsilon)
    let z = addend.map { normal + $0 } ?? normal
    let dz = activation.referenceGradient(gradient, at: z)
    let batch = dz.batchNormalizationGradient(input: x, statistics: statistics, scale: scale, epsilon: epsilon)
    let factor = (scale / (statistics.variance + epsilon).squareRoot())
      .reshaped(to: [1] + channels.dimensions + [Int](repeating: 1, count: shape.rank - 2))
    return [activation.reference(z), usesBatch ? batch.input : dz * factor, batch.scale, batch.shift]
      + (adds ? [dz] : [])
  }
}
