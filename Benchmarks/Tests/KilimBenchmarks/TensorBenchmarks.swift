import Kilim

/// Products, pooling and normalization at the sizes of the original network, batch 32.
final class TensorBenchmarks: Benchmark {
  func testMatmul1024() {
    let (a, b) = (random([1024, 1024]), random([1024, 1024]))
    benchmark(2 * 1.024 * 1.024 * 1.024, "GFLOP") { _ = a.matmul(b) }
  }

  func testMaxPoolForward() {
    let x = random([32, 64, 64, 64])
    benchmark(Double(x.count) / 1e6, "Melements") { _ = x.maxPool2D(Window(2, stride: 2)) }
  }

  func testMaxPoolBackward() {
    let x = random([32, 64, 64, 64])
    let (output, indices) = x.maxPool2D(Window(2, stride: 2))
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = output.maxPool2DInputGradient(indices: indices, inputShape: x.shape)
    }
  }

  func testNormalizationForward() {
    let x = random([32, 64, 32, 32])
    let (scale, shift) = (random([64]), random([64]))
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = x.normalized(by: x.channelStatistics(), scale: scale, shift: shift, epsilon: 1e-3)
    }
  }

  func testNormalizationBackward() {
    let x = random([32, 64, 32, 32])
    let (statistics, scale) = (x.channelStatistics(), random([64]))
    benchmark(Double(x.count) / 1e6, "Melements") {
      _ = x.batchNormalizationGradient(input: x, statistics: statistics, scale: scale, epsilon: 1e-3)
    }
  }

  func testDropoutMask() {
    var generator = RandomGenerator(seed: 1)
    benchmark(32 * 64 * 32 * 32 / 1e6, "Melements") {
      _ = Tensor<Bool>(bernoulli: [32, 64, 32, 32], probability: 0.8, using: &generator)
    }
  }
}
