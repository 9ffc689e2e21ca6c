import Kilim
import XCTest

/// A depthwise convolution, 3×3 over 128 channels of 32×32, batch 32, as small networks for phones have them.
final class DepthwiseBenchmarks: Benchmark {
  private let shape: Shape = [32, 128, 32, 32]
  private let weightShape: Shape = [128, 1, 3, 3]

  private func algorithm() throws -> FusedConvolution {
    try XCTUnwrap(
      FusedConvolution(input: shape, weight: weightShape, window: Window(3, padding: .same), groups: 128))
  }

  private var operations: Double { 2 * 9 * Double(shape.elementCount) / 1e9 }

  func testForward() throws {
    let (fused, x, w) = (try algorithm(), randomImages(32, 128, 32), random(weightShape))
    let filters = fused.prepare(w)
    benchmark(operations, "GFLOP") {
      _ = fused.output(x, filters: filters, bias: nil, epilogue: ConvolutionEpilogue())
    }
  }

  func testGradients() throws {
    let (fused, x, w) = (try algorithm(), randomImages(32, 128, 32), random(weightShape))
    let gradient = randomImages(32, 128, 32)
    benchmark(2 * operations, "GFLOP") {
      _ = fused.gradients(gradient, places: nil, input: x, weight: w, needsInput: true)
    }
  }
}
