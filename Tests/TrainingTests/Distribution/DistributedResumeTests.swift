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

  /// Rank 0 alone loads the best epoch, which is the first one here; all measure it.
  @Test func theBestEpochOfRank0IsSharedWithAll() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("checkpoints")
    let results = try onRanks(2) { group in
      let (distribution, model) = (Distribution(group), try DistributedFitTests.model())
      func loss() throws -> Double {
        try model.evaluate(
          DistributedFitTests.data(23), batchSize: 10, loss: .categoricalCrossEntropy, distribution: distribution
        ).figures.loss
      }
      let losses = try DistributedFitTests.train(model, distribution, checkpoints: Checkpoints(path, mode: .max))
        .history["val_loss"]
      if distribution.isLeader { try model.load(checkpoint: path) }
      try distribution.share(model)
      let (metadata, shared) = (model.metadata, try loss())
      // How long a model was trained for does not change its answers.
      model.trainedEpochs += group.rank
      return (losses, metadata, shared, again: try loss())
    }.map { try $0.get() }
    for (losses, metadata, shared, again) in results {
      try #require(losses[0] > losses[3])
      #expect(metadata == results[0].1 && metadata["trainedEpochs"] == "1" && metadata["classes"] != nil)
      #expect(shared == losses[0] && again == shared)
    }
  }

  private final class Pause: Callback {
    private let steps: Int
    init(after steps: Int) { self.steps = steps }
    func batchEnded(_ report: BatchReport) -> TrainingDecision { report.step == steps ? .pause : .proceed }
  }
}
