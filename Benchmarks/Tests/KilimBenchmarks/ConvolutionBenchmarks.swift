import Kilim
import XCTest

/// The four convolutions of the original network with their ReLU and pooling, batch 32.
///
/// Counted are the operations of the plain formula, whatever the algorithm makes of them: Winograd's does with a
/// quarter of the products, and may so pass the peak of the machine.
final class ConvolutionBenchmarks: Benchmark {
  private func run(_ channels: Int, _ filters: Int, _ side: Int, _ pass: Pass) {
    let window = Window(3, padding: .same)
    // The first layer reads photos, the others what the layer before has written.
    let x = channels == 3 ? random([32, 3, side, side]) : randomImages(32, channels, side)
    let w = random([filters, channels, 3, 3])
    guard
      let fused = FusedConvolution(
        input: x.shape, weight: w.shape, window: window, needsInputGradient: channels > 3)
    else { return XCTFail("no algorithm for \(channels) channels") }
    let bias = random([filters])
    let epilogue = ConvolutionEpilogue(activation: .relu, pools: true)
    let forward = {
      fused.output(x, filters: fused.prepare(w, isKept: false), bias: bias, epilogue: epilogue, keepsPlaces: true)
    }
    let output = forward()
    let work = 2 * 32 * Double(filters * side * side * channels * 9) / 1e9
    switch pass {
    case .forward: benchmark(work, "GFLOP") { _ = forward() }
    case .weight:
      benchmark(work, "GFLOP") {
        _ = fused.gradients(output.values, places: output.places, input: x, weight: w, needsInput: false)
      }
    case .gradients:
      benchmark(2 * work, "GFLOP") {
        _ = fused.gradients(output.values, places: output.places, input: x, weight: w, needsInput: true)
      }
    }
  }

  /// Forward from the weight as it is, with bias, ReLU and pooling; the gradient of the weight alone; those of both
  /// input and weight.
  private enum Pass { case forward, weight, gradients }

  func testConvolution1Forward() { run(3, 64, 64, .forward) }
  func testConvolution1WeightGradient() { run(3, 64, 64, .weight) }
  func testConvolution2Forward() { run(64, 128, 32, .forward) }
  func testConvolution2WeightGradient() { run(64, 128, 32, .weight) }
  func testConvolution2Gradients() { run(64, 128, 32, .gradients) }
  func testConvolution3Forward() { run(128, 256, 16, .forward) }
  func testConvolution3WeightGradient() { run(128, 256, 16, .weight) }
  func testConvolution3Gradients() { run(128, 256, 16, .gradients) }
  func testConvolution4Forward() { run(256, 512, 8, .forward) }
  func testConvolution4WeightGradient() { run(256, 512, 8, .weight) }
  func testConvolution4Gradients() { run(256, 512, 8, .gradients) }
}
