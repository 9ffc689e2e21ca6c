import Data
import NN
import Optim
import TestSupport
import Testing
import Training

/// A checkpoint is of no use to another training, and the error says what differs.
@Suite struct OtherRunTests {
  private static let changes: [(name: String, change: @Sendable (inout SmallRun) -> Void)] = [
    ("batch size is 7, in the checkpoint it is 8", { $0.batchSize = 7 }),
    ("seed is 10, in the checkpoint it is 9", { $0.seed = 10 }),
    ("layer dropout is Dropout(rate: 0.25), in the checkpoint it is Dropout(rate: 0.3)", { $0.dropout = 0.25 }),
    ("optimizer is AdamW(", { $0.makeOptimizer = { AdamW() } }),
    (
      "in the checkpoint it is Adam(learningRate: exponential(from: 0.02, steps: 4, factor: 0.5, staircase: false)",
      { $0.makeOptimizer = { Adam(learningRate: 0.02, clipping: .globalNorm(0.5)) } }
    ),
    ("training data is 22 examples [3, 6, 6] of the classes a, b, c with checksum", { $0.inputChange = 1e-6 }),
    ("shuffle is false", { $0.shuffle = false }),
    ("augmentation is none", { $0.augmentation = nil }),
    ("loss is MeanSquaredError", { $0.loss = .meanSquaredError }),
    ("metrics is accuracy, in the checkpoint it is accuracy, top_2_accuracy", { $0.metrics = [Accuracy()] }),
    ("class weights is none", { $0.classWeights = nil }),
  ]

  @Test(arguments: changes.indices)
  func isNamed(number: Int) throws {
    let folder = try TemporaryFolder()
    let checkpoints = Checkpoints(folder.path("run"))
    _ = try SmallRun()(checkpoints, callbacks: [EndAfter(.pause, batches: 2)])
    let before = try #require(checkpoints.newest)
    var other = SmallRun()
    Self.changes[number].change(&other)
    let error = #expect(throws: CheckpointError.self) { try other(checkpoints) }
    let message = "\(try #require(error))"
    #expect(message.contains(Self.changes[number].name), "\(message)")
    #expect(message.hasPrefix(before))
    // The checkpoints of the other run are still there for it.
    #expect(try SmallRun()(checkpoints) == SmallRun()())
  }

  @Test func aCallbackWithAStateIsMissed() throws {
    let folder = try TemporaryFolder()
    let checkpoints = Checkpoints(folder.path("run"))
    var run = SmallRun()
    run.patience = 3
    _ = try run(checkpoints, callbacks: [EndAfter(.pause, batches: 4)])
    let error = #expect(throws: CheckpointError.self) { try SmallRun()(checkpoints) }
    #expect("\(try #require(error))".contains("EarlyStopping has a state, and no such callback is given to fit"))
    // Callbacks without a state may come and go.
    #expect(try run(checkpoints, callbacks: [EpochCallback { _ in .proceed }]) == run())
  }
}
