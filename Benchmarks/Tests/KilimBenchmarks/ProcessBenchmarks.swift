import Foundation
import Kilim

/// What a whole process takes: time to start, and memory.
final class ProcessBenchmarks: Benchmark {
  /// From the start of the process to the end of its first training step, and its exit.
  func testStartToFirstTrainingStep() throws {
    try benchmark(1, "starts") { _ = try DivarProcess.bench("train", "--warm-up", "0", "--steps", "1") }
  }

  /// The same for a single photo to be recognized.
  func testStartToFirstInference() throws {
    try benchmark(1, "starts") {
      _ = try DivarProcess.bench("predict", "--batch-size", "1", "--warm-up", "0", "--steps", "1")
    }
  }

  /// The peak of the memory of a training with batches of 32, and of inference.
  func testPeakMemory() throws {
    let training = try DivarProcess.bench("train", "--steps", "10")["peak_mb"] ?? .nan
    let inference = try DivarProcess.bench("predict", "--steps", "10")["peak_mb"] ?? .nan
    print("note peak of memory, batch 32: training \(training) MB, inference \(inference) MB")
  }
}
