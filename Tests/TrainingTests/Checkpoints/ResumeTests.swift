import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// A training that goes on from a checkpoint ends with the bits of one that was never stopped.
@Suite struct ResumeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let optimizers: [@Sendable () -> any Optimizer] = [
    { SGD(learningRate: .cosine(from: 0.1, steps: 7, warmUpSteps: 3), clipping: .norm(0.5)) },
    { SGD(learningRate: .step(boundaries: [2, 5], rates: [0.1, 0.05, 0.01]), momentum: 0.9, nesterov: true) },
    { Adam(learningRate: .exponential(from: 0.02, steps: 4, factor: 0.5), clipping: .globalNorm(0.5)) },
    { AdamW(learningRate: 0.01, clipping: .value(0.1)) },
    { RMSprop(learningRate: 0.01, momentum: 0.5, centered: true, weightDecay: 0.01) },
    {
      Adam(
        learningRate: 0.01, amsgrad: true, scales: ["dense": 0.5],
        average: WeightAverage(momentum: 0.8, overwriteFrequency: 3), gradientAccumulationSteps: 2)
    },
  ]

  @Test(arguments: optimizers.indices)
  func atEveryStepOfEveryOptimizer(number: Int) throws {
    var run = SmallRun(makeOptimizer: Self.optimizers[number])
    run.patience = 0
    let csv = folder.path("history.csv")
    let undisturbed = try run(callbacks: [CSVLogger(csv)])
    let table = try String(contentsOfFile: csv, encoding: .utf8)
    let steps = undisturbed.optimizerSteps
    try #require(steps >= 2 * SmallRun.stepsPerEpoch)

    for way in [EndAfter.Way.pause, .powerCut] {
      for step in 1...steps {
        let checkpoints = Checkpoints(folder.path("\(way)-\(step)"), every: .steps(1))
        do { _ = try run(checkpoints, callbacks: [EndAfter(way, batches: step)]) } catch is PowerCut {}
        let listener = ResumeListener()
        let resumed = try run(checkpoints, callbacks: [listener, CSVLogger(csv)])
        #expect(resumed == undisturbed, "\(way) after step \(step)")
        #expect(try String(contentsOfFile: csv, encoding: .utf8) == table)
        let done = way == .pause ? step : step - 1
        #expect(listener.report.map { $0.epoch * SmallRun.stepsPerEpoch + $0.batch } == (done == 0 ? nil : done))
      }
    }
  }

  @Test(arguments: [false, true])
  func stepByStep(isGraph: Bool) throws {
    let run = SmallRun(isGraph: isGraph)
    let undisturbed = try run()
    let checkpoints = Checkpoints(folder.path("run"), every: .epochs(100))
    for _ in 0..<undisturbed.optimizerSteps {
      let paused = try run(checkpoints, callbacks: [EndAfter(.pause, batches: 1)])
      #expect(paused.history.wasStopped)
    }
    #expect(try run(checkpoints) == undisturbed)
  }

  @Test func withMoreEpochs() throws {
    let checkpoints = Checkpoints(folder.path("run"))
    #expect(try SmallRun(epochs: 2)(checkpoints) == SmallRun(epochs: 2)())
    #expect(try SmallRun(epochs: 4)(checkpoints) == SmallRun(epochs: 4)())
    // What is finished is not done again.
    #expect(try SmallRun(epochs: 4)(checkpoints, callbacks: [EndAfter(.powerCut, batches: 1)]) == SmallRun(epochs: 4)())
    let error = #expect(throws: CheckpointError.self) { try SmallRun(epochs: 3)(checkpoints) }
    #expect("\(try #require(error))".contains("has begun 4 epochs already, and epochs is 3"))
  }

  @Test func anEarlyEndIsAnEnd() throws {
    var run = SmallRun(epochs: 30)
    run.patience = 1
    let undisturbed = try run()
    try #require(undisturbed.history.wasStopped)
    let checkpoints = Checkpoints(folder.path("run"))
    #expect(try run(checkpoints) == undisturbed)
    let listener = ResumeListener()
    #expect(try run(checkpoints, callbacks: [listener, EndAfter(.powerCut, batches: 1)]) == undisturbed)
    #expect(listener.report?.isOver == true)
    // More epochs do not change what a callback has decided, and neither does a callback that comes later.
    run.epochs = 40
    #expect(try run(checkpoints) == undisturbed)
  }

  @Test func aStopInTheMiddleOfAnEpochIsAnEnd() throws {
    let run = SmallRun()
    let stopped = try run(callbacks: [EndAfter(.stop, batches: 5)])
    let checkpoints = Checkpoints(folder.path("run"))
    #expect(try run(checkpoints, callbacks: [EndAfter(.stop, batches: 5)]) == stopped)
    #expect(try run(checkpoints) == stopped)
  }

  @Test func bestWeightsComeBackThoughTheTrainingEndsLater() throws {
    var run = SmallRun(epochs: 6)
    run.patience = 100
    let restored = try run()
    let losses = restored.history["val_loss"]
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    let bestModel = try SmallRun(epochs: best + 1)().model
    #expect(restored.model == bestModel)

    // A checkpoint holds the last weights and not the best ones: with more epochs training goes on from those.
    let checkpoints = Checkpoints(folder.path("run"))
    #expect(try run(checkpoints) == restored)
    run.epochs = 9
    #expect(try run(checkpoints) == run())
  }

  @Test func theBestCheckpointHoldsTheBestWeights() throws {
    let run = SmallRun(epochs: 6)
    let checkpoints = Checkpoints(folder.path("run"), keepLast: 1)
    let losses = try run(checkpoints).history["val_loss"]
    let best = try #require(losses.indices.min { losses[$0] < losses[$1] })
    let model = try run.model()
    try model.load(checkpoint: #require(checkpoints.best))
    #expect(model.state.mapValues { $0.scalars.map(\.bitPattern) } == (try SmallRun(epochs: best + 1)().model))

    var wider = run
    wider.dropout = 0.5
    #expect(throws: Never.self) { try wider.model().load(checkpoint: #require(checkpoints.best)) }
    let other = try Sequential(input: [3, 6, 6]) { Flatten() }
    #expect(throws: StateError.self) { try other.load(checkpoint: #require(checkpoints.best)) }
  }

  @Test func aLearningRateThatACallbackChangesStays() throws {
    final class Halving: Callback {
      let optimizer: any Optimizer
      init(_ optimizer: any Optimizer) { self.optimizer = optimizer }
      func epochBegan(_ epoch: Int) {
        if epoch == 1 { optimizer.learningRate = .constant(optimizer.learningRate.rate(at: 0) / 2) }
      }
    }
    func outcome(_ checkpoints: Checkpoints?, _ more: [any Callback] = []) throws -> SmallRun.Outcome {
      let optimizer = Adam(learningRate: 0.02)
      return try SmallRun(makeOptimizer: { optimizer })(checkpoints, callbacks: [Halving(optimizer)] + more)
    }
    let checkpoints = Checkpoints(folder.path("run"))
    _ = try outcome(checkpoints, [EndAfter(.pause, batches: 4)])
    #expect(try outcome(checkpoints) == outcome(nil))
  }

  @Test func withoutResumeItBeginsAnew() throws {
    let run = SmallRun()
    _ = try run(Checkpoints(folder.path("run")), callbacks: [EndAfter(.pause, batches: 4)])
    let listener = ResumeListener()
    let checkpoints = Checkpoints(folder.path("run"), resume: false)
    #expect(try run(checkpoints, callbacks: [listener]) == run())
    #expect(listener.report == nil)
  }

  @Test func numbersThatAreNoneStayWhatTheyAre() throws {
    // A rate that blows the weights up: the losses end as infinity or NaN.
    let run = SmallRun(makeOptimizer: { SGD(learningRate: 1e30) })
    let undisturbed = try run()
    try #require(undisturbed.history["loss"].contains { !$0.isFinite })
    let checkpoints = Checkpoints(folder.path("run"), every: .steps(1))
    _ = try run(checkpoints, callbacks: [EndAfter(.pause, batches: 8)])
    let resumed = try run(checkpoints)
    #expect(resumed.model == undisturbed.model)
    #expect(resumed.slots == undisturbed.slots)
    #expect(resumed.history.csv == undisturbed.history.csv)
  }

  @Test func onAnyNumberOfThreads() throws {
    let run = SmallRun()
    let undisturbed = try run()
    let checkpoints = Checkpoints(folder.path("run"))
    _ = try withThreads(1) { try run(checkpoints, callbacks: [EndAfter(.pause, batches: 4)]) }
    #expect(try withThreads(3) { try run(checkpoints) } == undisturbed)
  }
}
