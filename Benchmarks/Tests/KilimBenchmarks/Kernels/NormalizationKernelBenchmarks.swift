import CKernels
import Kilim

/// The passes of the first batch normalization and the dropout before it: a thread's share of 32 photos of 32 × 32 pixels
/// and 64 channels, in pieces of 512 pixels.
final class NormalizationKernelBenchmarks: KernelBenchmark {
  private static let (channels, pixelsOfPiece) = (64, 512)
  private static let size = max(32 / Threads.count, 1) * 32 * 32 * channels

  /// Measures a pass that reads and writes so many bytes for each number, among them the byte that says whether it is kept.
  private func run(
    bytes bytesOfNumber: Int, _ prepare: () -> (_ rows: UnsafePointer<kilim_rows>, _ before: Int) -> Void
  ) {
    measure(.bytes(Self.size * bytesOfNumber)) {
      let (input, kept, kernel) = (numbers(Self.size), bytes(Self.size, below: 2), prepare())
      return {
        for before in stride(from: 0, to: Self.size, by: Self.pixelsOfPiece * Self.channels) {
          var rows = kilim_rows(
            input: input + before, kept: kept + before, scale: 1.25, count: Self.pixelsOfPiece, channels: Self.channels,
            pitch: Self.channels)
          kernel(&rows, before)
        }
      }
    }
  }

  func testNormalizeStatistics() {
    run(bytes: 5) {
      let (mean, squares) = (numbers(Self.channels), numbers(Self.channels))
      return { rows, _ in kernels.normalizeStatistics(rows, mean, squares) }
    }
  }

  func testNormalizeApply() {
    run(bytes: 9) {
      let (factor, shift, output) = (numbers(Self.channels), numbers(Self.channels), numbers(Self.size))
      return { rows, before in kernels.normalizeApply(rows, factor, shift, output + before) }
    }
  }

  func testNormalizeGradientSums() {
    run(bytes: 9) {
      let (gradient, mean) = (numbers(Self.size), numbers(Self.channels))
      let (sum, product) = (numbers(Self.channels), numbers(Self.channels))
      return { rows, before in kernels.normalizeGradientSums(rows, gradient + before, mean, sum, product) }
    }
  }

  func testNormalizeGradient() {
    run(bytes: 13) {
      let (gradient, output, mean) = (numbers(Self.size), numbers(Self.size), numbers(Self.channels))
      let (factor, shift, slope) = (numbers(Self.channels), numbers(Self.channels), numbers(Self.channels))
      return { rows, before in
        kernels.normalizeGradient(rows, gradient + before, mean, factor, shift, slope, output + before)
      }
    }
  }
}
