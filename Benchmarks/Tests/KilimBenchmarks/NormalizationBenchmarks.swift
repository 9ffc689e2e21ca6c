import Kilim

/// Dropout and batch normalization of the first block of the original network, batch 32, channels innermost.
final class NormalizationBenchmarks: Benchmark {
  /// What dropout keeps of 32 images with their channels innermost.
  private func mask(channels: Int, side: Int) -> DropoutMask {
    var generator = RandomGenerator(seed: 1)
    let kept = Tensor<Bool>(bernoulli: [32, side, side, channels], probability: 0.8, using: &generator)
    return DropoutMask(kept: kept.permuted([0, 3, 1, 2]), scale: 1 / 0.8)
  }

  func testForward() {
    let (x, scale, shift) = (randomImages(32, 64, 32), random([64]), random([64]))
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = x.normalized(by: x.channelStatistics(), scale: scale, shift: shift, epsilon: 1e-3)
    }
  }

  func testBackward() {
    let (x, scale) = (randomImages(32, 64, 32), random([64]))
    let statistics = x.channelStatistics()
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = x.batchNormalizationGradient(input: x, statistics: statistics, scale: scale, epsilon: 1e-3)
    }
  }

  func testWithDropoutForward() {
    let (x, scale, shift, mask) = (randomImages(32, 64, 32), random([64]), random([64]), mask(channels: 64, side: 32))
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = x.batchNormalized(dropping: mask, scale: scale, shift: shift, epsilon: 1e-3)
    }
  }

  func testWithDropoutBackward() {
    let (x, scale, mask) = (randomImages(32, 64, 32), random([64]), mask(channels: 64, side: 32))
    let statistics = x.masked(by: mask.kept, scale: mask.scale).channelStatistics()
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = x.batchNormalizationGradient(
        input: x, dropping: mask, statistics: statistics, scale: scale, epsilon: 1e-3)
    }
  }

  /// The bits of Philox's generator that say which elements are dropped.
  func testDropoutMask() {
    benchmark(32 * 64 * 32 * 32 / 1e6, "Melements") { _ = mask(channels: 64, side: 32) }
  }
}
