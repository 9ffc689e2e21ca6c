import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// Trainings that several ranks share give what one process gives, and the same on each rank.
struct DistributedFitTests {
  /// Images and three classes.
  static func data(_ count: Int = 46, weights: Bool = false) throws -> TensorDataset {
    let labels = (0..<count).map { Float($0 * 7 % 3) }
    return try TensorDataset(
      inputs: hashed(5, [count, 3, 8, 8], 1), targets: Tensor(oneHot: Tensor(labels), classCount: 3),
      classes: ["a", "b", "c"], sampleWeights: weights ? (0..<count).map { Float($0 % 4) } : nil)
  }

  /// A network with normalizations behind convolutions, activations and additions. The convolutions have no bias: behind a
  /// normalization its gradient is 0 but for rounding, which Adam makes as large as any other.
  static func model() throws -> Model {
    let image = Input([3, 8, 8])
    var x = BatchNorm()(Conv2D(6, kernelSize: 3, padding: .same, useBias: false)(image))
    x = ActivationLayer(.relu)(x)
    let shortcut = x
    x = BatchNorm()(Conv2D(6, kernelSize: 3, padding: .same, useBias: false, kernelRegularizer: .l2(1e-3))(x))
    x = ActivationLayer(.relu)(x + shortcut)
    x = GlobalAveragePool2D()(MaxPool2D(2)(x))
    return try Model(input: image, output: Dense(3, activation: .softmax)(x), seed: 11)
  }

  /// The history, the weights and the statistics of a training.
  struct Outcome: Sendable, Equatable {
    let history: History
    let state: [String: [Float]]
  }

  static func train(
    _ model: Model, _ distribution: Distribution?, epochs: Int = 4, batchSize: Int = 10, weights: Bool = false,
    optimizer: any Optimizer = Adam(learningRate: 1e-2, clipping: .globalNorm(1)), callbacks: [any Callback] = [],
    checkpoints: Checkpoints? = nil
  ) throws -> Outcome {
    let history = try model.fit(
      data(weights: weights), validation: data(23), epochs: epochs, batchSize: batchSize, optimizer: optimizer,
      loss: .categoricalCrossEntropy, metrics: [Accuracy(), Precision()], callbacks: callbacks,
      checkpoints: checkpoints,
      progress: .silent, distribution: distribution)
    return Outcome(history: history, state: model.state.mapValues(\.scalars))
  }

  /// The statistics behind a mask are those of the places that count on all ranks. The last batch is smaller than the ranks.
  @Test(arguments: [2, 3, 4])
  func masksWithTheStatisticsOfAllTrainAsOneProcess(ranks: Int) throws {
    @Sendable func train(_ distribution: Distribution?) throws -> Outcome {
      var inputs = hashed(3, [14, 5, 2], 1).scalars
      for place in stride(from: 0, to: 14 * 5, by: 3) { (inputs[2 * place], inputs[2 * place + 1]) = (0, 0) }
      let data = try TensorDataset(
        inputs: Tensor(shape: [14, 5, 2], scalars: inputs), targets: hashed(4, [14, 5, 2], 1))
      let model = try Sequential(input: [5, 2], seed: 2) {
        Masking()
        Dense(2, useBias: false)
        BatchNorm()
        Dense(2)
      }
      let history = try model.fit(
        data, epochs: 3, batchSize: 6, optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, progress: .silent,
        distribution: distribution)
      return Outcome(history: history, state: model.state.mapValues(\.scalars))
    }
    let alone = try train(nil)
    for result in onRanks(ranks, { try train(Distribution($0, batchStatistics: .ofAllRanks)) }) {
      let outcome = try result.get()
      // Nine steps, whose sums of some dozens of numbers are rounded in another order.
      for (name, values) in alone.state {
        let found = try #require(outcome.state[name])
        for (value, other) in zip(values, found) { #expect(abs(value - other) <= 1e-5 * max(1, abs(value)), "\(name)") }
      }
    }
  }

  /// 20 steps, of which every fifth has 6 examples: with 4 ranks parts of 1 and 2.
  @Test(arguments: [1, 2, 3, 4], [false, true])
  func ranksWithTheStatisticsOfAllTrainAsOneProcess(ranks: Int, weights: Bool) throws {
    let alone = try Self.train(Self.model(), nil, weights: weights)
    let outcomes = try onRanks(ranks) {
      try Self.train(Self.model(), Distribution($0, batchStatistics: .ofAllRanks, bucketSize: 600), weights: weights)
    }.map { try $0.get() }
    for outcome in outcomes {
      #expect(outcome == outcomes[0])
      for (own, other) in zip(outcome.history.epochs, alone.history.epochs) {
        for (a, b) in zip(own.columns, other.columns) where a.name.contains("loss") {
          #expect(abs(a.value - b.value) <= 1e-5 * abs(b.value), "\(a.name) \(a.value) \(b.value)")
        }
      }
    }
    let again = try onRanks(ranks) {
      try Self.train(Self.model(), Distribution($0, batchStatistics: .ofAllRanks, bucketSize: 600), weights: weights)
    }.map { try $0.get() }
    #expect(again == outcomes)
  }

  /// Batches of 4, 4 and 1 examples on 5 ranks: some ranks have none.
  @Test(arguments: [Distribution.BatchStatistics.ofEachRank, .ofAllRanks])
  func ranksWithoutExamplesTakePart(statistics: Distribution.BatchStatistics) throws {
    let outcomes = try onRanks(5) { group in
      let model = try Self.model()
      _ = try model.fit(
        Self.data(9), epochs: 2, batchSize: 4, loss: .categoricalCrossEntropy, progress: .silent,
        distribution: Distribution(group, batchStatistics: statistics))
      return model.state.mapValues(\.scalars)
    }.map { try $0.get() }
    let model = try Self.model()
    _ = try model.fit(Self.data(9), epochs: 2, batchSize: 4, loss: .categoricalCrossEntropy, progress: .silent)
    for outcome in outcomes {
      #expect(outcome == outcomes[0])
      #expect(outcome.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    }
    guard statistics == .ofAllRanks else { return }
    for (name, tensor) in model.state {
      let own = try #require(outcomes[0][name])
      for (a, b) in zip(own, tensor.scalars) { #expect(abs(a - b) < 1e-4, "\(name)") }
    }
  }

  /// By default each rank normalizes by its own part; at the end of an epoch all have the means of the running statistics.
  @Test func runningStatisticsAreAveraged() throws {
    func statistics(_ rows: Range<Int>) throws -> [Float] {
      let model = try Sequential(input: [2]) { BatchNorm() }
      let inputs = Tensor<Float>(shape: [4, 2], scalars: [1, 2, 3, 4, 10, 20, 30, 40])
      let rows = try TensorDataset(
        inputs: inputs.slice(rows, axis: 0), targets: Tensor(zeros: [rows.count, 2]))
      _ = try model.fit(
        rows, batchSize: 4, optimizer: SGD(learningRate: 0), loss: .meanSquaredError, shuffle: false, progress: .silent)
      return model.namedBuffers.flatMap { $0.buffer.value.scalars }
    }
    let (first, second) = (try statistics(0..<2), try statistics(2..<4))
    let ranks = try onRanks(2) { group in
      let model = try Sequential(input: [2]) { BatchNorm() }
      let inputs = Tensor<Float>(shape: [4, 2], scalars: [1, 2, 3, 4, 10, 20, 30, 40])
      _ = try model.fit(
        TensorDataset(inputs: inputs, targets: Tensor(zeros: [4, 2])), batchSize: 4, optimizer: SGD(learningRate: 0),
        loss: .meanSquaredError, shuffle: false, progress: .silent, distribution: Distribution(group))
      return model.namedBuffers.flatMap { $0.buffer.value.scalars }
    }.map { try $0.get() }
    #expect(ranks[0] == ranks[1])
    let means: [Float] = zip(first, second).map { a, b in Float((Double(a) + Double(b)) / 2) }
    #expect(ranks[0] == means)
  }

  /// Callbacks belong to rank 0; what they change reaches all.
  @Test func decisionsOfRankZeroReachAll() throws {
    let outcomes = try onRanks(3) { group in
      let model = try Self.model()
      let callback = Meddler(model)
      let outcome = try Self.train(model, Distribution(group), epochs: 5, callbacks: [callback])
      return (outcome, callback.events)
    }.map { try $0.get() }
    #expect(outcomes[0].1 > 0 && outcomes[1].1 == 0 && outcomes[2].1 == 0)
    for outcome in outcomes {
      #expect(outcome.0 == outcomes[0].0)
      #expect(outcome.0.history.epochs.count == 3)
    }
  }

  /// Layers that a callback of rank 0 unfreezes are trained on all ranks: the gradients are those of one process.
  @Test func unfrozenLayersReachAll() throws {
    @Sendable func train(_ distribution: Distribution?) throws -> Outcome {
      let model = try Sequential(input: [3, 8, 8], seed: 3) {
        Flatten()
        Dense(8, activation: .tanh)
        Dense(3, activation: .softmax)
      }
      try model.layer("dense").isTrainable = false
      return try Self.train(
        model, distribution, optimizer: SGD(learningRate: 0.1), callbacks: [Unfreezer(model, epoch: 2)])
    }
    let alone = try train(nil)
    let outcomes = try onRanks(2) { try train(Distribution($0)) }.map { try $0.get() }
    #expect(outcomes[0] == outcomes[1])
    for (name, values) in alone.state {
      let found = try #require(outcomes[0].state[name])
      for (value, other) in zip(values, found) { #expect(abs(value - other) <= 1e-5 * max(1, abs(value)), "\(name)") }
    }
  }

  @Test func layersFrozenBeforeABatchAreAnError() throws {
    let results = onRanks(2) { group in
      let model = try Self.model()
      let callback = ClosureCallback(batchBegan: { _ in model.isTrainable = false })
      return try Self.train(model, Distribution(group), callbacks: [callback])
    }
    #expect(message(of: results[0]).contains("which of them are trained"))
    #expect(message(of: results[1]).hasPrefix("rank 0 on host0 has failed: a callback has changed"))
  }

  @Test func weightsChangedBeforeABatchAreAnError() throws {
    let results = onRanks(2) { group in
      let model = try Self.model()
      return try Self.train(model, Distribution(group), callbacks: [EarlyMeddler(model)])
    }
    #expect(message(of: results[0]).contains("batchBegan"))
    #expect(message(of: results[1]).hasPrefix("rank 0 on host0 has failed: a callback has changed"))
  }

  /// The learning rate grows to that of one process times the number of ranks.
  @Test func theLearningRateGrowsWithTheRanks() throws {
    let rates = try onRanks(3) { group in
      let (model, rates) = (try Self.model(), Rates())
      var distribution = Distribution(group)
      distribution.learningRateScaling = .init(warmUpSteps: 4)
      let optimizer = SGD(learningRate: 0.25)
      _ = try Self.train(model, distribution, epochs: 2, optimizer: optimizer, callbacks: [rates])
      #expect(optimizer.learningRate == .constant(0.25))
      return rates.values
    }.map { try $0.get() }
    #expect(rates[0] == [0.25, 0.375, 0.5, 0.625, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75])
  }

  /// The timeline has the work and the buckets of each rank in the same steps.
  @Test func theTimelineShowsAllRanks() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("timeline.json")
    for result in onRanks(
      2,
      { group in
        var distribution = Distribution(group, bucketSize: 600)
        distribution.timeline = path
        return try Self.train(Self.model(), distribution)
      })
    { _ = try result.get() }
    let file = try JSONDecoder().decode(
      [String: [StepTimeline.Span]].self, from: Foundation.Data(contentsOf: URL(filePath: path)))
    let spans = try #require(file["traceEvents"])
    for rank in 0..<2 {
      for name in ["forward", "backward", "wait", "update", "bucket 0", "bucket 2"] {
        #expect(spans.count { $0.pid == rank && $0.name == name } == 5, "\(name)")
      }
    }
    #expect(spans.allSatisfy { $0.ph == "X" && $0.ts >= 0 && $0.dur >= 0 })
  }

  /// The best weights, which a callback restores at the end, are those of all ranks.
  @Test func restoredWeightsReachAll() throws {
    let outcomes = try onRanks(2) { group in
      let model = try Self.model()
      return try Self.train(
        model, Distribution(group), callbacks: [EarlyStopping(monitor: "loss", mode: .max, restoringBestOf: model)])
    }.map { try $0.get() }
    #expect(outcomes[0] == outcomes[1])
  }

  @Test(arguments: [1, 2, 3])
  func evaluationAndPredictionsAreThoseOfOneProcess(ranks: Int) throws {
    let model = try Self.model()
    let alone = try model.evaluate(Self.data(23), batchSize: 4, loss: .categoricalCrossEntropy)
    let predicted = try model.predict(Self.data(23), batchSize: 4)
    let results = try onRanks(ranks) { group in
      let (model, distribution) = (try Self.model(), Distribution(group))
      let evaluation = try model.evaluate(
        Self.data(23), batchSize: 4, loss: .categoricalCrossEntropy, distribution: distribution)
      let predicted = try model.predict(Self.data(23), batchSize: 4, distribution: distribution)
      return (evaluation.figures, evaluation.predicted.scalars, evaluation.expected.scalars, predicted.scalars)
    }.map { try $0.get() }
    for result in results {
      #expect(result.0 == alone.figures && result.1 == alone.predicted.scalars)
      #expect(result.2 == alone.expected.scalars && result.3 == predicted.scalars)
    }
  }
}

func message<Value>(of result: Result<Value, any Error>) -> String {
  if case .failure(let error) = result { "\(error)" } else { "no error" }
}

/// Changes rate and weights, and stops after the third epoch.
private final class Meddler: Callback {
  private let model: Model
  private var optimizer: (any Optimizer)?
  private(set) var events = 0

  init(_ model: Model) { self.model = model }

  func trainingBegan(_ start: TrainingStart) { optimizer = start.optimizer }

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    events += 1
    if report.step == 2 { optimizer?.learningRate = 0.003 }
    if report.step == 3, let first = model.namedParameters.first {
      first.parameter.update { $0 = $0 + Tensor(scalar: 0.01) }
    }
    return .proceed
  }

  func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    report.epoch == 2 ? .stop : .proceed
  }
}

/// Trains all layers from an epoch on.
private final class Unfreezer: Callback {
  private let model: Model
  private let epoch: Int

  init(_ model: Model, epoch: Int) { (self.model, self.epoch) = (model, epoch) }

  func epochBegan(_ epoch: Int) { if epoch == self.epoch { model.isTrainable = true } }
}

/// The learning rates of all steps.
private final class Rates: Callback {
  private(set) var values: [Double] = []

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    values.append(report.learningRate)
    return .proceed
  }
}

/// Changes weights where nobody else notices.
private final class EarlyMeddler: Callback {
  private let model: Model
  init(_ model: Model) { self.model = model }

  func batchBegan(_ start: BatchStart) {
    if start.step == 1, let first = model.namedParameters.first {
      first.parameter.update { $0 = $0 + Tensor(scalar: 0.01) }
    }
  }
}
