import Tensor
import TestSupport
import Testing

/// Normalization in the fast kernels against the definition in `Double`.
struct NormalizationOfRowsTests {
  /// Channels that fill vectors and strips of them, and that do not; several pieces.
  static let shapes: [Shape] = [[4, 3], [33, 64], [2, 17, 4, 5], [1, 1, 1, 1], [3, 100, 7, 1], [8, 70, 31, 33]]

  @Test(arguments: shapes) func matchesDoublePrecision(shape: Shape) {
    let x = channelsLast(sample(shape))
    let (scale, shift): (Tensor<Float>, Tensor<Float>) = (sample([shape[1]], seed: 2), sample([shape[1]], seed: 3))
    let upstream: Tensor<Float> = sample(shape, seed: 4)
    let (exact, exactScale) = (x.toDouble().contiguous(), scale.toDouble())
    let (statistics, expected) = (x.channelStatistics(), exact.channelStatistics())
    #expect(deviation(statistics.mean.toDouble(), from: expected.mean) < 1e-6)
    #expect(deviation(statistics.variance.toDouble(), from: expected.variance) < 1e-6)
    let normalized = x.normalized(by: statistics, scale: scale, shift: shift, epsilon: 1e-3)
    let exactNormalized = exact.normalized(by: expected, scale: exactScale, shift: shift.toDouble(), epsilon: 1e-3)
    #expect(deviation(normalized.toDouble(), from: exactNormalized) < 1e-5)
    let gradient = upstream.batchNormalizationGradient(input: x, statistics: statistics, scale: scale, epsilon: 1e-3)
    let exactGradient = upstream.toDouble().batchNormalizationGradient(
      input: exact, statistics: expected, scale: exactScale, epsilon: 1e-3)
    #expect(deviation(gradient.input.toDouble(), from: exactGradient.input) < 1e-4)
    #expect(deviation(gradient.scale.toDouble(), from: exactGradient.scale) < 1e-4)
    #expect(deviation(gradient.shift.toDouble(), from: exactGradient.shift) < 1e-4)
    // Sums of 8,000 numbers, which cancel to a hundredth of what was added.
    #expect(deviation(x.channelSums().toDouble(), from: exact.channelSums()) < 1e-4)
  }

  /// Dropout and normalization together are dropout and then normalization, whatever the layout.
  @Test(arguments: shapes) func dropsAndNormalizes(shape: Shape) {
    var generator = RandomGenerator(seed: 5)
    let mask = DropoutMask(
      kept: Tensor<Bool>(bernoulli: shape, probability: 0.7, using: &generator), scale: 1 / 0.7)
    let (scale, shift): (Tensor<Float>, Tensor<Float>) = (sample([shape[1]], seed: 2), sample([shape[1]], seed: 3))
    let upstream: Tensor<Float> = sample(shape, seed: 4)
    for x in [sample(shape), channelsLast(sample(shape))] as [Tensor<Float>] {
      let dropped = x.masked(by: mask.kept, scale: mask.scale)
      let statistics = dropped.channelStatistics()
      let expected = dropped.normalized(by: statistics, scale: scale, shift: shift, epsilon: 1e-3)
      let found = x.batchNormalized(dropping: mask, scale: scale, shift: shift, epsilon: 1e-3)
      #expect(deviation(found.output, from: expected) < 1e-5)
      #expect(deviation(found.statistics.variance, from: statistics.variance) < 1e-5)
      let expectedGradient = upstream.batchNormalizationGradient(
        input: dropped, statistics: statistics, scale: scale, epsilon: 1e-3)
      let gradient = upstream.batchNormalizationGradient(
        input: x, dropping: mask, statistics: found.statistics, scale: scale, epsilon: 1e-3)
      #expect(
        deviation(gradient.input, from: expectedGradient.input.masked(by: mask.kept, scale: mask.scale)) < 1e-4)
      #expect(deviation(gradient.scale, from: expectedGradient.scale) < 1e-4)
      #expect(deviation(gradient.shift, from: expectedGradient.shift) < 1e-4)
    }
  }

  /// The mean of pieces put together keeps the digits where E[x²] - E[x]² would have none left.
  @Test func varianceSurvivesALargeMean() {
    let x: Tensor<Float> = channelsLast(dyadicSample([64, 20, 16, 16]))
    #expect(deviation((x + 4_096).channelStatistics().variance, from: x.channelStatistics().variance) < 1e-5)
  }

  private func channelsLast(_ x: Tensor<Float>) -> Tensor<Float> {
    x.rank == 4 ? x.permuted([0, 2, 3, 1]).contiguous().permuted([0, 3, 1, 2]) : x
  }
}
