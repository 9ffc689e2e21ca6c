import Kilim
import XCTest

/// The four convolutions of the original network with their ReLU and pooling, batch 32.
final class ConvolutionBenchmarks: Benchmark {
  private func run(_ channels: Int, _ filters: Int, _ side: Int, _ pass: Pass) {
    let window = Window(3, padding: .same)
    let (x, w) = (random([32, channels, side, side]), random([filters, channels, 3, 3]))
    let needsInput = pass == .gradients
    guard
      let fused = FusedConvolution(
        input: x.shape, weight: w.shape, window: window, needsInputGradient: channels > 3)
    else { return XCTFail("no algorithm for \(channels) channels") }
    let prepared = fused.prepare(w)
    let epilogue = ConvolutionEpilogue(appliesReLU: true, pools: true)
    let output = fused.output(x, filters: prepared, bias: nil, epilogue: epilogue, keepsPlaces: true)
    // Products of the plain formula, so that the rate is comparable with other algorithms.
    let products = 2 * 32 * Double(filters * side * side * channels * 9) / 1e9
    benchmark(needsInput ? 2 * products : products, "GFLOP") {
      switch pass {
      case .forward:
        _ = fused.output(x, filters: prepared, bias: nil, epilogue: epilogue, keepsPlaces: true)
      case .gradients, .weight:
        _ = fused.gradients(output.values, places: output.places, input: x, weight: w, needsInput: needsInput)
      }
    }
  }

  /// Forward with ReLU and pooling; the gradients of both input and weight; that of the weight alone.
  private enum Pass { case forward, gradients, weight }

  func testConvolution1Forward() { run(3, 64, 64, .forward) }
  func testConvolution1WeightGradient() { run(3, 64, 64, .weight) }
  func testConvolution2Forward() { run(64, 128, 32, .forward) }
  func testConvolution2Gradients() { run(64, 128, 32, .gradients) }
  func testConvolution3Forward() { run(128, 256, 16, .forward) }
  func testConvolution3Gradients() { run(128, 256, 16, .gradients) }
  func testConvolution4Forward() { run(256, 512, 8, .forward) }
  func testConvolution4Gradients() { run(256, 512, 8, .gradients) }
}
