import Foundation
import Kilim
import XCTest

/// What a whole process takes: time to start, and memory.
final class ProcessBenchmarks: Benchmark {
  /// From the start of the process to the end of its first training step, and its exit: at most 0.3 s.
  func testStartToFirstTrainingStep() throws {
    var best = Duration.seconds(1000)
    try benchmark(1, "starts") {
      best = try min(
        best, ContinuousClock().measure { _ = try DivarProcess.bench("train", "--warm-up", "0", "--steps", "1") })
    }
    XCTAssertLessThan(best, .milliseconds(300))
  }

  /// The same for a single photo to be recognized.
  func testStartToFirstInference() throws {
    try benchmark(1, "starts") {
      _ = try DivarProcess.bench("predict", "--batch", "1", "--warm-up", "0", "--steps", "1")
    }
  }

  /// The peak of the memory of a training with batches of 32, at most 200 MB, and of inference.
  func testPeakMemory() throws {
    let training = try DivarProcess.bench("train", "--steps", "10")["peak_mb"] ?? .infinity
    let inference = try DivarProcess.bench("predict", "--steps", "10")["peak_mb"] ?? .infinity
    print("note peak of memory, batch 32: training \(training) MB, inference \(inference) MB")
    XCTAssertLessThan(training, 200)
  }
}
