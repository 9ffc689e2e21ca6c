import Kilim
import XCTest

/// Convolutions of the shapes of ResNet-50, MobileNetV2 and others that have no algorithm of their own: 1×1, strided, large
/// windows, few channels. Forward with bias and ReLU, and each gradient alone.
final class ConvolutionShapeBenchmarks: Benchmark {
  private struct Layer {
    let channels, filters, side: Int
    var kernel = 1
    var stride = 1
    var batch = 8
  }

  private enum Pass { case forward, input, weight }

  private func run(_ layer: Layer, _ pass: Pass) {
    let window = Window(Size(layer.kernel), stride: Size(layer.stride), padding: .same)
    // The first layer reads photos, the others what the layer before has written.
    let x =
      layer.channels == 3
      ? random([layer.batch, 3, layer.side, layer.side]) : randomImages(layer.batch, layer.channels, layer.side)
    let w = random([layer.filters, layer.channels, layer.kernel, layer.kernel])
    guard let fused = FusedConvolution(input: x.shape, weight: w.shape, window: window) else {
      return XCTFail("no algorithm")
    }
    let (bias, epilogue) = (random([layer.filters]), ConvolutionEpilogue(activation: .relu))
    let forward = {
      fused.output(x, filters: fused.prepare(w, isKept: false), bias: bias, epilogue: epilogue).values
    }
    let output = forward()
    let work = 2 * Double(output.count * layer.channels * layer.kernel * layer.kernel) / 1e9
    switch pass {
    case .forward: benchmark(work, "GFLOP") { _ = forward() }
    case .input: benchmark(work, "GFLOP") { _ = fused.inputGradient(output, places: nil, weight: w) }
    case .weight:
      benchmark(work, "GFLOP") {
        _ = fused.gradients(output, places: nil, input: x, weight: w, needsInput: false)
      }
    }
  }

  private static let wide = Layer(channels: 64, filters: 256, side: 56)
  private static let narrow = Layer(channels: 256, filters: 64, side: 56)
  private static let deep = Layer(channels: 1_024, filters: 256, side: 14)
  private static let last = Layer(channels: 512, filters: 2_048, side: 7)
  private static let expansion = Layer(channels: 24, filters: 144, side: 56)
  private static let strided = Layer(channels: 64, filters: 128, side: 56, kernel: 3, stride: 2)
  private static let five = Layer(channels: 32, filters: 64, side: 28, kernel: 5)
  private static let seven = Layer(channels: 64, filters: 64, side: 28, kernel: 7)
  private static let stem = Layer(channels: 3, filters: 64, side: 224, kernel: 7, stride: 2)

  func testWide1x1Forward() { run(Self.wide, .forward) }
  func testWide1x1InputGradient() { run(Self.wide, .input) }
  func testWide1x1WeightGradient() { run(Self.wide, .weight) }
  func testNarrow1x1Forward() { run(Self.narrow, .forward) }
  func testNarrow1x1InputGradient() { run(Self.narrow, .input) }
  func testNarrow1x1WeightGradient() { run(Self.narrow, .weight) }
  func testDeep1x1Forward() { run(Self.deep, .forward) }
  func testDeep1x1InputGradient() { run(Self.deep, .input) }
  func testDeep1x1WeightGradient() { run(Self.deep, .weight) }
  func testLast1x1Forward() { run(Self.last, .forward) }
  func testLast1x1InputGradient() { run(Self.last, .input) }
  func testLast1x1WeightGradient() { run(Self.last, .weight) }
  func testExpansion1x1Forward() { run(Self.expansion, .forward) }
  func testExpansion1x1InputGradient() { run(Self.expansion, .input) }
  func testExpansion1x1WeightGradient() { run(Self.expansion, .weight) }
  func testStrided3x3Forward() { run(Self.strided, .forward) }
  func testStrided3x3InputGradient() { run(Self.strided, .input) }
  func testStrided3x3WeightGradient() { run(Self.strided, .weight) }
  func test5x5Forward() { run(Self.five, .forward) }
  func test5x5InputGradient() { run(Self.five, .input) }
  func test5x5WeightGradient() { run(Self.five, .weight) }
  func test7x7Forward() { run(Self.seven, .forward) }
  func test7x7InputGradient() { run(Self.seven, .input) }
  func test7x7WeightGradient() { run(Self.seven, .weight) }
  func testStemForward() { run(Self.stem, .forward) }
  func testStemWeightGradient() { run(Self.stem, .weight) }
}
