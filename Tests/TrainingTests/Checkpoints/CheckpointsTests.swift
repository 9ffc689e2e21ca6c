import Data
import Foundation
import NN
import Serialization
import Tensor
import TestSupport
import Testing
import Training

/// When checkpoints are made, which of them stay, and what is in them.
@Suite struct CheckpointsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func files(_ checkpoints: Checkpoints, epochs: Int = 3, callbacks: [any Callback] = []) throws -> [String] {
    _ = try SmallRun(epochs: epochs)(checkpoints, callbacks: callbacks)
    return try folder.entries(in: "run")
  }

  private func names(_ steps: [Int]) -> [String] {
    steps.map { String(format: "step-%09d.safetensors", $0) }
  }

  @Test func theLastOfEachEpoch() throws {
    #expect(try files(Checkpoints(folder.path("run"), keepBest: nil), epochs: 5) == names([9, 12, 15]))
  }

  @Test func everySoManySteps() throws {
    let checkpoints = Checkpoints(folder.path("run"), every: .steps(2), keepLast: 100, keepBest: nil)
    #expect(try files(checkpoints) == names([2, 4, 6, 8, 9]))
    #expect(checkpoints.newest == folder.path("run/step-000000009.safetensors"))
    #expect(checkpoints.best == nil)
  }

  @Test func everySoManyEpochs() throws {
    let checkpoints = Checkpoints(folder.path("run"), every: .epochs(2), keepLast: 100, keepBest: nil)
    #expect(try files(checkpoints, epochs: 5) == names([6, 12, 15]))
  }

  @Test func everySoManySeconds() throws {
    let always = Checkpoints(folder.path("run"), every: .seconds(0), keepLast: 100, keepBest: nil)
    #expect(try files(always) == names(Array(1...9)))
    let never = Checkpoints(folder.path("run"), every: .seconds(.infinity), keepLast: 100, keepBest: nil, resume: false)
    #expect(try files(never) == names([9]))
  }

  @Test func theBestStays() throws {
    // The first epochs lead downhill, the later ones change little in either direction.
    let checkpoints = Checkpoints(folder.path("run"), keepLast: 1)
    let losses = try SmallRun(epochs: 12)(checkpoints).history["val_loss"]
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    let name = String(format: "step-%09d-best.safetensors", 3 * (best + 1))
    let expected = best == 11 ? [name] : [name] + names([36])
    #expect(try folder.entries(in: "run") == expected)
    #expect(checkpoints.best == folder.path("run/\(name)"))
  }

  @Test func aFigureThatTheTrainingDoesNotHaveIsAnError() throws {
    #expect(throws: FitError.self) { try files(Checkpoints(folder.path("run"), keepBest: "unknown")) }
  }

  /// Without validation data there is no best epoch, which is worth a warning only to those who asked for it.
  @Test func aChosenFigureThatNeverComesIsWarnedOf() throws {
    for (checkpoints, count) in [
      (Checkpoints(folder.path("default")), 0), (Checkpoints(folder.path("chosen"), keepBest: "val_loss"), 1),
    ] {
      let listener = Listener()
      try Toy.model().fit(
        Toy.data(), loss: .categoricalCrossEntropy, callbacks: [listener], checkpoints: checkpoints, progress: .silent)
      let warnings = listener.warnings.filter { $0.hasPrefix("Checkpoints(keepBest:) never sees val_loss") }
      #expect(warnings.count == count)
      #expect(checkpoints.newest != nil && checkpoints.best == nil)
    }
  }

  @Test func numbersOutOfRangeStop() async {
    await #expect(processExitsWith: .failure) { _ = Checkpoints("x", keepLast: 0) }
    await #expect(processExitsWith: .failure) { _ = Checkpoints("x", every: .steps(0)) }
    await #expect(processExitsWith: .failure) { _ = Checkpoints("x", every: .seconds(.nan)) }
  }

  @Test func aFolderThatCannotBeMadeIsReported() throws {
    try writeAtomically([1], to: folder.path("file"))
    let error = #expect(throws: CheckpointError.self) { try SmallRun()(Checkpoints(folder.path("file/run"))) }
    #expect("\(try #require(error))".hasPrefix("cannot use \(folder.path("file/run")) for checkpoints: "))
  }

  @Test func otherProgramsReadTheWeights() throws {
    let checkpoints = Checkpoints(folder.path("run"))
    let outcome = try SmallRun()(checkpoints)
    let content = try Safetensors(contentsOf: #require(checkpoints.newest))
    #expect(content.metadata["format"] == "kilim checkpoint 1")
    for (name, bits) in outcome.model {
      #expect(content.tensors["model.\(name)"]?.scalars.map(\.bitPattern) == bits)
    }
    #expect(content.tensors["optimizer.velocity.conv2d.weight"]?.shape == [4, 3, 3, 3])
  }

  @Test func aMetricOfOnesOwnIsKept() throws {
    struct Largest: Metric {
      var value = 0.0
      var name: String { "largest" }
      mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
        value = max(value, Double(predicted.max().scalar))
      }
      mutating func reset() { value = 0 }
    }
    let run = SmallRun(metrics: [Largest()])
    let checkpoints = Checkpoints(folder.path("run"))
    _ = try run(checkpoints, callbacks: [EndAfter(.pause, batches: 5)])
    #expect(try run(checkpoints) == run())
  }

  @Test func aCallbackOfOnesOwnIsKept() throws {
    final class Counter: Callback {
      private(set) var batches = 0
      func batchEnded(_ report: BatchReport) -> TrainingDecision {
        batches += 1
        return .proceed
      }
      func save(to state: inout SavedState) throws { try state.set(batches, for: "batches") }
      func restore(from state: SavedState) throws { batches = try state.value(for: "batches") }
    }
    let checkpoints = Checkpoints(folder.path("run"))
    let (first, second) = ([Counter(), Counter()], [Counter(), Counter()])
    _ = try SmallRun()(checkpoints, callbacks: first + [EndAfter(.pause, batches: 5)])
    _ = try SmallRun()(checkpoints, callbacks: second)
    #expect(second.map(\.batches) == [9, 9])
  }
}
