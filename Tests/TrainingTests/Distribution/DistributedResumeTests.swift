import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// Checkpoints of a training over several ranks.
struct DistributedResumeTests {
  /// A network whose ranks differ in what dropout draws and in their running statistics.
  private static func model() throws -> Sequential {
    try Sequential(input: [3, 8, 8], seed: 2) {
      Conv2D(5, kernelSize: 3, activation: .relu)
      BatchNorm()
      Dropout(0.3)
      Flatten()
      Dense(3, activation: .softmax)
    }
  }

  private static func train(
    _ ranks: Int, in folder: String?, pausingAfter steps: Int? = nil
  ) throws -> [DistributedFitTests.Outcome] {
    try onRanks(ranks) { group in
      let pause = steps.map { Pause(after: $0) }
      return try DistributedFitTests.train(
        model(), group.room.size == 1 ? nil : Distribution(group), epochs: 3, callbacks: pause.map { [$0] } ?? [],
        checkpoints: folder.map { Checkpoints($0) })
    }.map { try $0.get() }
  }

  @Test(arguments: [2, 5, 7])
  func theSameRanksContinueWithTheSameBits(steps: Int) throws {
    let folder = try TemporaryFolder()
    let whole = try Self.train(3, in: nil)
    let paused = try Self.train(3, in: folder.path("checkpoints"), pausingAfter: steps)
    #expect(paused.allSatisfy { $0.history.wasStopped })
    #expect(try Self.train(3, in: folder.path("checkpoints")) == whole)
  }

  @Test(arguments: [(3, 2), (2, 3), (2, 1), (1, 2)])
  func anyNumberOfRanksContinues(before: Int, after: Int) throws {
    let folder = try TemporaryFolder()
    let paused = try Self.train(before, in: folder.path("checkpoints"), pausingAfter: 7)
    let outcomes = try Self.train(after, in: folder.path("checkpoints"))
    for outcome in outcomes {
      #expect(outcome == outcomes[0])
      #expect(outcome.history.epochs.count == 3 && !outcome.history.wasStopped)
      #expect(outcome.history.epochs[0] == paused[0].history.epochs[0])
    }
  }

  /// Only rank 0 has the folder, and an error in it reaches all.
  @Test func aCheckpointOfAnotherTrainingEndsAll() throws {
    let folder = try TemporaryFolder()
    _ = try Self.train(2, in: folder.path("checkpoints"), pausingAfter: 3)
    let path = folder.path("checkpoints")
    let results = onRanks(2) { group in
      try DistributedFitTests.train(DistributedFitTests.model(), Distribution(group), checkpoints: Checkpoints(path))
    }
    #expect(results.map { message(of: $0) }.allSatisfy { $0.contains("in the checkpoint it is") })
  }

  private final class Pause: Callback {
    private let steps: Int
    init(after steps: Int) { self.steps = steps }
    func batchEnded(_ report: BatchReport) -> TrainingDecision { report.step == steps ? .pause : .proceed }
  }
}
