import Kilim

/// The four convolutions of the original network, batch 32, each forward and with respect to input and weight.
final class ConvolutionBenchmarks: Benchmark {
  private func run(_ channels: Int, _ filters: Int, _ side: Int, _ pass: Pass) {
    let window = Window(3, padding: .same)
    let (x, w) = (random([32, channels, side, side]), random([filters, channels, 3, 3]))
    let gradient = random([32, filters, side, side])
    benchmark(2 * 32 * Double(filters * side * side * channels * 9) / 1e9, "GFLOP") {
      switch pass {
      case .forward: _ = x.convolution2D(w, window: window)
      case .input: _ = gradient.convolution2DInputGradient(w, inputShape: x.shape, window: window)
      case .weight: _ = gradient.convolution2DWeightGradient(x, weightShape: w.shape, window: window)
      }
    }
  }

  private enum Pass { case forward, input, weight }

  func testConvolution1Forward() { run(3, 64, 64, .forward) }
  func testConvolution1WeightGradient() { run(3, 64, 64, .weight) }
  func testConvolution2Forward() { run(64, 128, 32, .forward) }
  func testConvolution2InputGradient() { run(64, 128, 32, .input) }
  func testConvolution2WeightGradient() { run(64, 128, 32, .weight) }
  func testConvolution3Forward() { run(128, 256, 16, .forward) }
  func testConvolution3InputGradient() { run(128, 256, 16, .input) }
  func testConvolution3WeightGradient() { run(128, 256, 16, .weight) }
  func testConvolution4Forward() { run(256, 512, 8, .forward) }
  func testConvolution4InputGradient() { run(256, 512, 8, .input) }
  func testConvolution4WeightGradient() { run(256, 512, 8, .weight) }
}
