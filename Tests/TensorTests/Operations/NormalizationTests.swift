import Tensor
import TestSupport
import Testing

struct NormalizationTests {
  static let shapes: [Shape] = [[4, 3], [2, 3, 4, 5], [1, 1, 1, 1], [5, 2, 3], [3, 7, 17, 1]]
  /// Sums of a few hundred numbers near 1 in `Double`.
  private let tolerance = 1e-13

  @Test(arguments: shapes) func matchesTheDefinitionUnderEveryLayout(shape: Shape) {
    let x: Tensor<Double> = sample(shape)
    let axes = [0] + Array(2..<shape.rank)
    let vector = Shape(shape.indices.map { $0 == 1 ? shape[1] : 1 })
    let (scale, shift): (Tensor<Double>, Tensor<Double>) = (sample([shape[1]], seed: 2), sample([shape[1]], seed: 3))
    let (mean, variance) = (x.mean(axes, keepingAxes: true), x.variance(axes, keepingAxes: true))
    let expected =
      scale.reshaped(to: vector) * ((x - mean) / (variance + 1e-3).squareRoot()) + shift.reshaped(to: vector)
    for (name, y) in everyLayout(of: x) {
      let statistics = y.channelStatistics()
      #expect(deviation(statistics.mean, from: mean.flattened()) < tolerance, "\(name)")
      #expect(deviation(y.channelSums(), from: x.sum(axes)) < tolerance, "\(name)")
      #expect(deviation(statistics.variance, from: variance.flattened()) < tolerance, "\(name)")
      let normalized = y.normalized(by: statistics, scale: scale, shift: shift, epsilon: 1e-3)
      #expect(deviation(normalized, from: expected) < tolerance, "\(name)")
    }
    for ((name, scale), (_, shift)) in zip(everyLayout(of: scale), everyLayout(of: shift)) {
      let normalized = x.normalized(by: x.channelStatistics(), scale: scale, shift: shift, epsilon: 1e-3)
      #expect(deviation(normalized, from: expected) < tolerance, "\(name)")
    }
  }

  @Test(arguments: [[4, 3], [2, 3, 2, 3]] as [Shape]) func gradientsMatchFiniteDifferences(shape: Shape) {
    let (x, upstream): (Tensor<Double>, Tensor<Double>) = (sample(shape), sample(shape, seed: 2))
    let (scale, shift): (Tensor<Double>, Tensor<Double>) = (sample([shape[1]], seed: 3), sample([shape[1]], seed: 4))
    func value(_ x: Tensor<Double>, _ scale: Tensor<Double>, _ shift: Tensor<Double>) -> Double {
      let statistics = x.channelStatistics()
      return innerProduct(upstream, x.normalized(by: statistics, scale: scale, shift: shift, epsilon: 1e-3))
    }
    for ((name, x), (_, upstream)) in zip(everyLayout(of: x), everyLayout(of: upstream)) {
      let gradient = upstream.batchNormalizationGradient(
        input: x, statistics: x.channelStatistics(), scale: scale, epsilon: 1e-3)
      let input = numericalGradient(at: x) { value($0, scale, shift) }
      #expect(deviation(gradient.input, from: input) < 1e-7, "\(name)")
      #expect(deviation(gradient.scale, from: numericalGradient(at: scale) { value(x, $0, shift) }) < 1e-8, "\(name)")
      #expect(deviation(gradient.shift, from: numericalGradient(at: shift) { value(x, scale, $0) }) < 1e-8, "\(name)")
    }
  }

  /// The two-pass variance keeps its digits where E[x²] - E[x]² would have none left.
  @Test func varianceSurvivesALargeMean() {
    let x: Tensor<Float> = dyadicSample([64, 2, 8, 8])
    let (near, far) = (x.channelStatistics(), (x + 4_096).channelStatistics())
    #expect(deviation(far.variance, from: near.variance) < 1e-5)
  }

  @Test func stopsWhereVectorsDoNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Tensor<Float>(zeros: [2, 3, 4, 4])
      let four = Tensor<Float>(ones: [4])
      _ = x.normalized(by: ChannelStatistics(mean: four, variance: four), scale: four, shift: four, epsilon: 1)
    }
    expectMessage("normalized: a number for each of 3 channels is needed, found shape [4]", in: result)

    let rank = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [3]).channelStatistics()
    }
    expectMessage("channelStatistics: an input [N, C, …] is needed, found [3]", in: rank)
  }
}
