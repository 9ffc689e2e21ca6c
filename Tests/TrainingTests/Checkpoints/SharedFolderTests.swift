import Data
import NN
import Serialization
import TestSupport
import Testing
import Training

/// A folder of checkpoints belongs to one training at a time.
@Suite struct SharedFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aSecondTrainingIsRefusedAndTheFirstGoesOn() throws {
    /// Begins another training in the same folder after each batch.
    final class Rival: Callback {
      let checkpoints: Checkpoints
      private(set) var errors: [FolderLockError] = []
      init(_ checkpoints: Checkpoints) { self.checkpoints = checkpoints }
      func batchEnded(_ report: BatchReport) throws -> TrainingDecision {
        do { _ = try SmallRun()(checkpoints) } catch let error as FolderLockError { errors.append(error) }
        return .proceed
      }
    }
    let checkpoints = Checkpoints(folder.path("run"), every: .steps(1))
    let rival = Rival(Checkpoints(folder.path("run"), resume: false))
    #expect(try SmallRun()(checkpoints, callbacks: [rival]) == SmallRun()())
    #expect(rival.errors.count == 9)
    #expect(rival.errors.first?.folder == folder.path("run"))
    // The lock is gone, also after an error.
    #expect(try !folder.entries(in: "run").contains(FolderLock.fileName))
    let again = Checkpoints(folder.path("again"))
    #expect(throws: PowerCut.self) { try SmallRun()(again, callbacks: [EndAfter(.powerCut, batches: 2)]) }
    #expect(throws: Never.self) { try SmallRun()(again) }
  }

  @Test func fewerEpochsThanAreBegunAreRefused() throws {
    let checkpoints = Checkpoints(folder.path("run"))
    // In the middle of the third epoch.
    _ = try SmallRun()(checkpoints, callbacks: [EndAfter(.pause, batches: 7)])
    let error = #expect(throws: CheckpointError.self) { try SmallRun(epochs: 2)(checkpoints) }
    #expect(
      "\(try #require(error))".hasSuffix(
        "the training has begun 3 epochs already, and epochs is 2: it must be at least 3"))
    #expect(try SmallRun()(checkpoints) == SmallRun()())
  }

  @Test func aFolderGivesItsBestOrNewestCheckpoint() throws {
    let run = SmallRun(epochs: 6)
    let checkpoints = Checkpoints(folder.path("run/checkpoints"), keepLast: 1)
    let outcome = try run(checkpoints)
    let losses = outcome.history["val_loss"]
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    let model = try run.model()
    func bits() -> [String: [UInt32]] { model.state.mapValues { $0.scalars.map(\.bitPattern) } }
    try model.load(checkpoint: folder.path("run/checkpoints"))
    #expect(bits() == (try SmallRun(epochs: best + 1)().model))
    // What the model knew about its data comes along.
    #expect(model.classes == ["a", "b", "c"])
    #expect(model.outputMeaning == .probabilities)
    try model.load(checkpoint: folder.path("run/checkpoints"), choosing: .newest)
    #expect(bits() == outcome.model)

    let outer = #expect(throws: CheckpointError.self) { try model.load(checkpoint: folder.path("run")) }
    #expect("\(try #require(outer))".contains("no checkpoints in this folder; try \(folder.path("run/checkpoints"))"))
    _ = try SmallRun()(Checkpoints(folder.path("unmeasured"), keepBest: nil))
    let none = #expect(throws: CheckpointError.self) { try model.load(checkpoint: folder.path("unmeasured")) }
    #expect("\(try #require(none))".contains("no checkpoint of a best epoch"))
    #expect(throws: FileError.self) { try model.load(checkpoint: folder.path("missing")) }
    #expect(bits() == outcome.model)
  }

  @Test func theBestFollowsTheDirection() throws {
    let checkpoints = Checkpoints(folder.path("run"), keepLast: 1, keepBest: "val_loss", mode: .max)
    let losses = try SmallRun(epochs: 6)(checkpoints).history["val_loss"]
    let worst = try #require(losses.indices.max { losses[$0] < losses[$1] })
    let number = 3 * (worst + 1)
    #expect(
      try #require(checkpoints.best).hasSuffix("step-\(String(1_000_000_000 + number).dropFirst())-best.safetensors"))
  }
}
