import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Training in stages, which unfreeze more and more layers.
@Suite struct FineTuningTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func data(_ stream: UInt64, count: Int = 20) throws -> TensorDataset {
    let targets = (0..<count).map { Float($0 % 3) }
    return try TensorDataset(
      inputs: (hashed(stream, [count, 3, 6, 6], 1) + 1) * 0.5,
      targets: Tensor(oneHot: Tensor(targets), classCount: 3), classes: ["a", "b", "c"])
  }

  /// A network inside another one, with a head behind it.
  private static func nested() throws -> Sequential {
    let backbone = try Sequential(input: [3, 6, 6], seed: 5) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu).named("block1_conv")
      BatchNorm().named("block1_norm")
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu).named("block2_conv")
      BatchNorm().named("block2_norm")
      Conv2D(5, kernelSize: 3, padding: .same, activation: .relu).named("block20_conv")
      GlobalAveragePool2D().named("pool")
    }
    return try Sequential(input: [3, 6, 6], seed: 6) {
      backbone.named("backbone")
      Dropout(0.2)
      BatchNorm().named("head_norm")
      Dense(3, activation: .softmax).named("classes")
    }
  }

  private static let stages = FineTuning(
    head: 2, headLearningRate: 0.02,
    then: .from("block2", epochs: 2, learningRate: 0.01, lowestScale: 0.1, schedule: .cosine(warmUp: 0.25)),
    .all(epochs: 1, learningRate: 0.001))

  private func fit(
    _ model: Model, _ stages: FineTuning = Self.stages, callbacks: [any Callback] = [],
    checkpoints: Checkpoints? = nil, nonFiniteLoss: NonFiniteLoss = .warn,
    optimizer: (FineTuning.Rates) -> any Optimizer = { Adam(learningRate: $0.learningRate, scales: $0.scales) }
  ) throws -> History {
    try model.fit(
      Self.data(1), validation: Self.data(2, count: 9), fineTuning: stages, batchSize: 8,
      loss: .categoricalCrossEntropy, seed: 4, augmentation: Augmentation(horizontalFlip: true),
      nonFiniteLoss: nonFiniteLoss, callbacks: callbacks, checkpoints: checkpoints, progress: .silent,
      optimizer: optimizer)
  }

  @Test func weightedMetricsAreMeasuredInEachStage() throws {
    let history = try Self.nested().fit(
      Self.data(1), fineTuning: FineTuning(head: 1, then: .all(epochs: 1, learningRate: 0.001)),
      loss: .categoricalCrossEntropy, weightedMetrics: [.accuracy], progress: .silent)
    #expect(history["weighted_accuracy"].count == 2)
    // Examples without weights count alike.
    #expect(zip(history["weighted_accuracy"], history["accuracy"]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  private func bits(_ model: any Layer) -> [String: [UInt32]] {
    model.state.mapValues { $0.scalars.map(\.bitPattern) }
  }

  /// The names of the tensors that differ between two states, without their last parts.
  private func changed(_ first: [String: [UInt32]], _ second: [String: [UInt32]]) -> Set<String> {
    Set(first.keys.filter { first[$0] != second[$0] }.map { String($0[..<($0.lastIndex(of: ".") ?? $0.endIndex)]) })
  }

  /// Keeps the state of a model after each epoch.
  private final class States: Callback {
    let model: any Layer
    var states: [[String: [UInt32]]] = []
    var epochs: [Int] = []
    init(_ model: any Layer) { self.model = model }
    func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
      states.append(model.state.mapValues { $0.scalars.map(\.bitPattern) })
      epochs.append(history.epochs.count)
      return .proceed
    }
  }

  @Test func eachStageTrainsItsLayersAlone() throws {
    let model = try Self.nested()
    let first = bits(model)
    let states = States(model)
    let history = try fit(model, callbacks: [states])
    #expect(history.epochs.map(\.epoch) == [0, 1, 2, 3, 4] && !history.wasStopped)
    #expect(
      history.stages == [
        .init(name: "head", firstEpoch: 0), .init(name: "block2", firstEpoch: 2), .init(name: "all", firstEpoch: 4),
      ])
    #expect(states.epochs == [1, 2, 3, 4, 5])
    let head: Set = ["head_norm", "classes"]
    #expect(changed(first, states.states[1]) == head)
    let middle: Set = ["backbone.block2_conv", "backbone.block20_conv"]
    #expect(changed(states.states[1], states.states[3]) == head.union(middle))
    // The normalizations keep their statistics.
    #expect(changed(states.states[3], states.states[4]) == head.union(middle).union(["backbone.block1_conv"]))
    #expect(model.trainedEpochs == 5)
  }

  @Test func normalizationsAreTrainedOnRequest() throws {
    let model = try Self.nested()
    let first = bits(model)
    var stages = FineTuning(head: 0, then: .from("backbone.block2_conv", epochs: 1, learningRate: 0.01))
    stages.trainsBatchNorm = true
    _ = try fit(model, stages)
    #expect(changed(first, bits(model)).contains("backbone.block2_norm"))
    #expect(!changed(first, bits(model)).contains("backbone.block1_norm"))
  }

  /// One stage is a call of `fit` with layers that are frozen by hand.
  @Test func aStageIsACallOfFit() throws {
    let (model, other) = (try Self.nested(), try Self.nested())
    _ = try fit(model, FineTuning(head: 3, headLearningRate: 0.02))
    try other.layer("backbone").isTrainable = false
    try other.fit(
      Self.data(1), validation: Self.data(2, count: 9), epochs: 3, batchSize: 8,
      optimizer: Adam(learningRate: 0.02), loss: .categoricalCrossEntropy, seed: 4,
      augmentation: Augmentation(horizontalFlip: true), progress: .silent)
    #expect(bits(model) == bits(other))
  }

  @Test func theHeadOfAFlatModelIsBehindItsFeatures() throws {
    let model = try Sequential(input: [3, 6, 6], seed: 5) {
      Conv2D(4, kernelSize: 3, padding: .same).named("conv")
      Flatten()
      Dense(4, activation: .relu).named("hidden")
      Dense(3, activation: .softmax).named("classes")
    }
    let first = bits(model)
    _ = try fit(model, FineTuning(head: 1))
    #expect(changed(first, bits(model)) == ["hidden", "classes"])
    let second = bits(model)
    _ = try fit(model, FineTuning(head: 1, headLayer: "classes"))
    #expect(changed(second, bits(model)) == ["classes"])
    let bare = try Sequential(input: [8]) { Dense(3, activation: .softmax) }
    #expect(throws: FineTuningError.self) { try fit(bare, FineTuning(head: 1)) }
  }

  /// NumPy's `geomspace(0.1, 1, 4)` is fastai's rule for groups of layers: 0.1, 0.21544347, 0.46415888, 1.
  @Test func ratesRiseGeometrically() throws {
    var rates: [FineTuning.Rates] = []
    var stages = Self.stages
    stages.stages[2] = .all(epochs: 1, learningRate: 0.001, lowestScale: 0.1)
    _ = try fit(try Self.nested(), stages) {
      rates.append($0)
      return SGD(learningRate: $0.learningRate, scales: $0.scales)
    }
    #expect(rates[0].scales.isEmpty && rates[0].learningRate == .constant(0.02))
    let expected = [
      "backbone.block1_conv": 0.1, "backbone.block2_conv": 0.21544347, "backbone.block20_conv": 0.46415888,
    ]
    #expect(rates[2].scales.count == 3)
    for (path, scale) in expected { #expect(abs((rates[2].scales[path] ?? 0) - scale) < 1e-8, "\(path)") }
    // 3 steps in an epoch: 6 in the stage, of which the first one warms up.
    #expect(rates[1].learningRate == .cosine(from: 0.01, steps: 5, warmUpSteps: 1))
  }

  @Test func whatWasFrozenIsFrozenAgain() throws {
    let model = try Self.nested()
    let backbone = try model.layer("backbone") as? Model
    try backbone?.layer("block2_norm").isTrainable = false
    try backbone?.layer("block1_conv").isTrainable = false
    func frozen() -> [String] { LayerPaths.frozen(in: model) }
    let before = frozen()
    #expect(before == ["backbone", "backbone.block1_conv", "backbone.block2_norm"])
    _ = try fit(model)
    #expect(frozen() == before)
    #expect(throws: PowerCut.self) { try fit(model, callbacks: [EndAfter(.powerCut, batches: 7)]) }
    #expect(frozen() == before)
    _ = try fit(model, callbacks: [EndAfter(.pause, batches: 2)])
    #expect(frozen() == before)
    #expect(throws: UpdateOptionsError.self) { try fit(model) { _ in Adam(scales: ["nothing": 2]) } }
    #expect(frozen() == before)
  }

  @Test func wrongStagesAreRefusedBeforeAnyWork() throws {
    let model = try Self.nested()
    let before = bits(model)
    func error(_ stages: FineTuning) -> String {
      do {
        _ = try fit(model, stages)
        return ""
      } catch { return "\(error)" }
    }
    func named(_ name: String) -> String {
      error(FineTuning(head: 1, then: .from(name, epochs: 1, learningRate: 0.1)))
    }
    #expect(named("blok2").contains("no layer \"blok2\"") && named("blok2").contains("block2_conv"))
    #expect(named("zzz").contains("zzz") && !named("zzz").contains("similar"))
    #expect(named("").contains("no layer"))
    #expect(named("block3").contains("block2_conv"))
    #expect(error(FineTuning(head: 0)).contains("no stage"))
    #expect(error(FineTuning(head: -1)).contains("-1 epochs"))
    #expect(error(FineTuning(head: 1, headLearningRate: .nan)).contains("nan"))
    #expect(
      error(FineTuning(head: 1, headLayer: "dropout", then: .from("pool", epochs: 1, learningRate: -1))).contains("-1"))
    #expect(error(FineTuning(head: 1, then: .all(epochs: 1, learningRate: 1, lowestScale: 0))).contains("lowest scale"))
    #expect(
      error(FineTuning(head: 1, then: .all(epochs: 1, learningRate: 1, schedule: .cosine(warmUp: 1)))).contains(
        "warm-up"))
    #expect(bits(model) == before)

    let part = try Sequential(input: [3], seed: 1) { Dense(3).named("dense") }
    let twin = try Sequential(input: [3], seed: 1) { Dense(3).named("dense") }
    let both = try Sequential(input: [3, 6, 6]) {
      GlobalAveragePool2D()
      part.named("left")
      twin.named("right")
    }
    let stages = FineTuning(head: 1, then: .from("dense", epochs: 1, learningRate: 0.1))
    let several = #expect(throws: FineTuningError.self) { try fit(both, stages) }
    #expect("\(try #require(several))".contains("left.dense, right.dense"))
  }

  @Test func resumesInEveryStage() throws {
    let undisturbed = try Self.nested()
    let history = try fit(undisturbed)
    // 3 steps in an epoch, stages of 2, 2 and 1 epochs.
    for way in [EndAfter.Way.pause, .powerCut] {
      for step in [1, 3, 5, 6, 7, 12, 13, 15] {
        let checkpoints = Checkpoints(folder.path("\(way)-\(step)"), every: .steps(1))
        do {
          // The callback counts on over the stages.
          _ = try fit(try Self.nested(), callbacks: [EndAfter(way, batches: step)], checkpoints: checkpoints)
        } catch is PowerCut {}
        let model = try Self.nested()
        let resumed = try fit(model, checkpoints: checkpoints)
        #expect(bits(model) == bits(undisturbed), "\(way) after step \(step)")
        #expect(resumed == history, "\(way) after step \(step)")
      }
    }
    let other = FineTuning(head: 2, headLearningRate: 0.03)
    let checkpoints = Checkpoints(folder.path("pause-5"))
    let error = #expect(throws: CheckpointError.self) { try fit(try Self.nested(), other, checkpoints: checkpoints) }
    #expect("\(try #require(error))".contains("stages"))
  }

  @Test func earlyStoppingEndsAStageWithItsBestWeights() throws {
    let model = try Self.nested()
    let states = States(model)
    let stages = FineTuning(head: 12, headLearningRate: 1, then: .all(epochs: 1, learningRate: 1e-9))
    let stopping = EarlyStopping(patience: 1, restoringBestOf: model)
    let history = try fit(model, stages, callbacks: [stopping, states])
    let losses = history["val_loss"]
    try #require(losses.count < 13 && history.stages.count == 2)
    let end = history.stages[1].firstEpoch
    let best = try #require((0..<end).min { losses[$0] < losses[$1] })
    // The last stage hardly moves the weights, but the statistics of the normalization of the head.
    #expect(abs(losses[end] - losses[best]) < abs(losses[end - 1] - losses[best]))

    let checkpoints = Checkpoints(folder.path("run"), every: .steps(1))
    for batches in [3, 3 * end, 3 * end + 1] {
      let again = try Self.nested()
      let callbacks: [any Callback] = [
        EarlyStopping(patience: 1, restoringBestOf: again), EndAfter(.powerCut, batches: batches),
      ]
      #expect(throws: PowerCut.self) { try fit(again, stages, callbacks: callbacks, checkpoints: checkpoints) }
      let resumed = try Self.nested()
      let rest = EarlyStopping(patience: 1, restoringBestOf: resumed)
      #expect(try fit(resumed, stages, callbacks: [rest], checkpoints: checkpoints) == history)
      #expect(bits(resumed) == bits(model), "\(batches)")
      try FileManager.default.removeItem(atPath: folder.path("run"))
    }
  }

  @Test func aTrainingThatDivergesHasNoNextStage() throws {
    let stages = FineTuning(head: 2, headLearningRate: 1e30, then: .all(epochs: 2, learningRate: 1e30))
    let history = try fit(try Self.nested(), stages, nonFiniteLoss: .stop) { SGD(learningRate: $0.learningRate) }
    #expect(history.wasStopped && history.stages.count == 1)
  }
}

/// The paths of layers that are frozen, with those inside them.
private enum LayerPaths {
  static func frozen(in layer: any Layer, path: String = "") -> [String] {
    layer.children.flatMap { name, child in
      let inner = path.isEmpty ? name : "\(path).\(name)"
      return (child.isTrainable ? [] : [inner]) + frozen(in: child, path: inner)
    }
  }
}
