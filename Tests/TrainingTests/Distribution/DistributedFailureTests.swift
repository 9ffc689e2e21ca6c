import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// A training over several ranks ends on all of them, and names the one that is to blame.
struct DistributedFailureTests {
  /// Data of which one example cannot be read.
  private struct Broken: Dataset {
    let whole: TensorDataset
    let broken: Int?
    var count: Int { whole.count }
    var inputShape: Shape { whole.inputShape }
    var classes: [String] { whole.classes }
    var targetMeaning: TargetMeaning? { whole.targetMeaning }
    func batch(_ indices: [Int]) throws -> Batch {
      if let broken, indices.contains(broken) { throw UnreadableExample(number: broken) }
      return whole.batch(indices)
    }
    func checksum() throws -> UInt64 { try whole.checksum() }
  }

  private struct UnreadableExample: Error, CustomStringConvertible {
    let number: Int
    var description: String { "example \(number) cannot be read" }
  }

  private func fit(
    _ group: ThreadGroup, _ data: any Dataset, epochs: Int = 2, batchSize: Int = 10, seed: UInt64 = 0,
    statistics: Distribution.BatchStatistics = .ofEachRank, nonFiniteLoss: NonFiniteLoss = .warn,
    callbacks: [any Callback] = []
  ) throws -> History {
    try DistributedFitTests.model().fit(
      data, epochs: epochs, batchSize: batchSize, loss: .categoricalCrossEntropy, seed: seed,
      nonFiniteLoss: nonFiniteLoss, callbacks: callbacks, progress: .silent,
      distribution: Distribution(group, batchStatistics: statistics))
  }

  @Test(arguments: [Distribution.BatchStatistics.ofEachRank, .ofAllRanks])
  func anExampleThatOneRankCannotReadEndsAll(statistics: Distribution.BatchStatistics) throws {
    let results = onRanks(3) { group in
      try fit(
        group, Broken(whole: DistributedFitTests.data(), broken: group.rank == 2 ? nil : 17), statistics: statistics)
    }
    let messages = results.map { message(of: $0) }
    // The rank that has the example says so itself, the others name it.
    let own = messages.filter { $0 == "example 17 cannot be read" }
    #expect(own.count <= 1 && messages.allSatisfy { $0.contains("example 17 cannot be read") || $0 == "no error" })
  }

  /// None waits for a rank that cannot begin.
  @Test func aRankThatCannotBeginEndsAll() throws {
    let evaluations = onRanks(2) { group in
      let data = try Broken(whole: DistributedFitTests.data(), broken: group.rank == 1 ? 0 : nil)
      return try DistributedFitTests.model()
        .evaluate(data, loss: .categoricalCrossEntropy, distribution: Distribution(group)).expected.shape[0]
    }
    #expect(message(of: evaluations[0]) == "rank 1 on host1 has failed: example 0 cannot be read")
    #expect(message(of: evaluations[1]) == "example 0 cannot be read")
    let predictions = onRanks(2) { group in
      try DistributedFitTests.model()
        .predict(DistributedFitTests.data(), batchSize: 1 - group.rank, distribution: Distribution(group))
    }
    let features = onRanks(2) { group in
      try FeatureCache(of: DistributedFitTests.model())
        .features(of: DistributedFitTests.data(), batchSize: 1 - group.rank, distribution: Distribution(group)).count
    }
    for messages in [predictions.map { message(of: $0) }, features.map { message(of: $0) }] {
      #expect(messages[0] == "rank 1 on host1 has failed: \(messages[1])")
      #expect(messages[1].contains("batch"))
    }
  }

  @Test func aNumberWithoutARowOnOneRankEndsAll() throws {
    let numbers: [Float] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0]
    let data = try TensorDataset(inputs: Tensor(shape: [4, 3], scalars: numbers), targets: Tensor(zeros: [4, 1]))
    let results = onRanks(2) { group in
      let model = try Sequential(input: [3]) {
        Embedding(10, features: 2)
        GlobalAveragePool1D()
        Dense(1)
      }
      return try model.fit(
        data, batchSize: 4, loss: .meanSquaredError, shuffle: false, progress: .silent,
        distribution: Distribution(group))
    }
    let own = message(of: results[1])
    #expect(own.hasPrefix("the layer embedding looks up numbers from 0 to 9, and example 1"))
    #expect(message(of: results[0]) == "rank 1 on host1 has failed: \(own)")
  }

  @Test func otherDataIsNamed() throws {
    let results = onRanks(2) { group in
      try fit(group, DistributedFitTests.data(group.rank == 0 ? 46 : 45))
    }
    #expect(message(of: results[0]).contains("rank 0 on host0 and rank 1 on host1 do not do the same"))
    #expect(message(of: results[0]).contains("training data is 46 examples"))
    #expect(message(of: results[1]).contains("on rank 0 it is 46 examples"))
  }

  @Test func otherSeedsBatchesAndEpochsAreNamed() throws {
    let seeds = onRanks(2) { try fit($0, DistributedFitTests.data(), seed: UInt64($0.rank)) }
    #expect(message(of: seeds[1]).contains("seed is 1, on rank 0 it is 0"))
    let batches = onRanks(2) { try fit($0, DistributedFitTests.data(), batchSize: 10 + $0.rank) }
    #expect(message(of: batches[0]).contains("batch size is 10, on rank 1 it is 11"))
    let epochs = onRanks(2) { try fit($0, DistributedFitTests.data(), epochs: 2 + $0.rank) }
    #expect(message(of: epochs[0]).contains("the number of epochs is 2, on rank 1 it is 3"))
  }

  /// What each rank measures with its own model and data would be put together into figures of neither.
  @Test func otherModelsAndDataAreNamedWhereverRanksShareWork() throws {
    enum Work: CaseIterable, Sendable { case evaluate, predict, features }
    for work in Work.allCases {
      @Sendable func run(_ group: ThreadGroup, model: Model, count: Int) throws -> Int {
        let (data, ranks) = (try DistributedFitTests.data(count), Distribution(group))
        switch work {
        case .evaluate:
          return try model.evaluate(data, loss: .categoricalCrossEntropy, distribution: ranks).expected.shape[0]
        case .predict: return try model.predict(data, distribution: ranks).shape[0]
        case .features: return try FeatureCache(of: model).features(of: data, distribution: ranks).count
        }
      }
      let data = onRanks(2) { try run($0, model: DistributedFitTests.model(), count: 46 - $0.rank) }
      #expect(message(of: data[1]).contains("data is 45"), "\(work): \(data[1])")
      #expect(message(of: data[0]).contains("on rank 1 it is 45"), "\(work): \(data[0])")
      let models = onRanks(2) { group in
        let model = try DistributedFitTests.model()
        if group.rank == 1 { model.parameters[0].value = model.parameters[0].value + 1 }
        return try run(group, model: model, count: 46)
      }
      #expect(message(of: models[0]).contains("checksum of the weights is "), "\(work): \(models[0])")
    }
  }

  @Test func otherMeaningsOfAModelAreNamed() throws {
    let results = onRanks(2) { group in
      let model = try DistributedFitTests.model()
      model.classes = ["cat", "dog", group.rank == 0 ? "emu" : "owl"]
      try Distribution(group).requireSame(model)
    }
    #expect(message(of: results[0]).contains(#"classes is ["cat","dog","emu"], on rank 1 it is ["cat","dog","owl"]"#))
  }

  @Test func anArgumentThatOneRankRefusesEndsAll() throws {
    let results = onRanks(2) { try fit($0, DistributedFitTests.data(), epochs: 1 - $0.rank) }
    #expect(message(of: results[0]).hasPrefix("rank 1 on host1 has failed: epochs is 0"))
    #expect(message(of: results[1]).hasPrefix("epochs is 0"))
  }

  /// An example that is NaN makes the loss NaN on all ranks. The warning names the rank that has it.
  @Test func theRankWithANaNIsNamed() throws {
    let data = try DistributedFitTests.data()
    var inputs = data.inputs.scalars
    inputs[45 * 192] = .nan
    let broken = try TensorDataset(
      inputs: Tensor(shape: data.inputs.shape, scalars: inputs), targets: data.targets, classes: data.classes)
    let listeners = onRanks(2) { group in
      let listener = Listener()
      let model = try DistributedFitTests.model()
      let history = try model.fit(
        broken, batchSize: 46, loss: .categoricalCrossEntropy, shuffle: false, nonFiniteLoss: .stop,
        callbacks: [listener], progress: .silent, distribution: Distribution(group))
      return (
        history.wasStopped, listener.warnings, model.state.values.allSatisfy { $0.scalars.allSatisfy(\.isFinite) }
      )
    }
    let first = try listeners[0].get()
    #expect(
      first.1.count == 1 && first.1[0].contains("first on rank 1 (host1) in the inputs of the batch"), "\(first.1)")
    for listener in listeners {
      let outcome = try listener.get()
      #expect(outcome.0 && outcome.2)
    }
  }

  @Test func anErrorOfACallbackEndsAll() throws {
    for event in Thrower.Event.allCases {
      let results = onRanks(2) { try fit($0, DistributedFitTests.data(), callbacks: [Thrower(at: event)]) }
      #expect(message(of: results[0]) == "at \(event)")
      #expect(message(of: results[1]) == "rank 0 on host0 has failed: at \(event)")
    }
  }

  /// Rank 0 alone writes checkpoints. The others do not wait for one that has failed.
  @Test(arguments: [Checkpoints.Interval.steps(2), .epochs(1)])
  func aCheckpointThatFailsEndsAll(interval: Checkpoints.Interval) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("checkpoints")
    let results = onRanks(2) { group in
      try DistributedFitTests.train(
        DistributedFitTests.model(), Distribution(group), callbacks: [Unsaved()],
        checkpoints: Checkpoints(path, every: interval))
    }
    #expect(message(of: results[0]) == "the state is lost")
    #expect(message(of: results[1]) == "rank 0 on host0 has failed: the state is lost")
  }

  @Test func aStateThatRankZeroCannotMakeEndsAll() throws {
    let results = onRanks(2) { try Distribution($0).leadersState { throw Unsaved.Failure() } }
    #expect(message(of: results[0]) == "the state is lost")
    #expect(message(of: results[1]) == "rank 0 on host0 has failed: the state is lost")
  }

  /// What MPI still writes to must not be used for something else.
  @Test func aSumThatHasFailedKeepsItsMemory() throws {
    let group = LateGroup()
    do {
      let values = StepValues(count: 1, loss: 0, parts: [0], predicted: [], expected: [])
      let message = StepMessage(
        values, of: 1, part: .whole, rows: StepRows(predicted: [], expected: []), hasFailed: false)
      try message.send(to: group)
      #expect(throws: RankHasLeft.self) { try message.receive() }
    }
    let (place, count) = try #require(group.place.withLock { $0 })
    let others = (0..<100).map { _ in UnsafeMutableBufferPointer<Float>.allocate(capacity: count) }
    defer { for other in others { other.deallocate() } }
    #expect(others.allSatisfy { UInt(bitPattern: $0.baseAddress) != place })
  }

  @Test func aBucketTooSmallIsRefused() throws {
    let results = onRanks(2) { group in
      try DistributedFitTests.train(DistributedFitTests.model(), Distribution(group, bucketSize: 3))
    }
    #expect(message(of: results[0]).hasPrefix("bucketSize is 3 bytes"))
  }
}

/// Cannot be stored in a checkpoint.
private final class Unsaved: Callback {
  struct Failure: Error, CustomStringConvertible { let description = "the state is lost" }

  func save(to state: inout SavedState) throws { throw Failure() }
}

/// A group whose sums never end.
private final class LateGroup: TrainingGroup, PendingExchange {
  /// The address and the number of the values.
  let place = Lock<(UInt, Int)?>(nil)
  let rank = 0
  let hosts = ["host0"]

  func beginSum(_ values: UnsafeMutableBufferPointer<Float>) throws -> any PendingExchange {
    place.withLock { $0 = (UInt(bitPattern: values.baseAddress), values.count) }
    return self
  }

  func beginExchange(
    _ pieces: ExchangedPieces, isReturn: Bool, then follow: @escaping @Sendable () throws -> Void
  ) throws -> any PendingExchange { self }

  func broadcast(_ bytes: [UInt8]) throws -> [UInt8] { bytes }
  func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] { [bytes] }
  func advance() throws -> Bool { false }
  func wait() throws { throw RankHasLeft() }
}

/// Throws in one kind of event.
private final class Thrower: Callback {
  enum Event: CaseIterable { case trainingBegan, epochBegan, batchBegan, batchEnded, epochEnded }

  struct Failure: Error, CustomStringConvertible {
    let event: Event
    var description: String { "at \(event)" }
  }

  private let event: Event
  init(at event: Event) { self.event = event }

  private func happens(_ event: Event) throws { if event == self.event { throw Failure(event: event) } }

  func trainingBegan(_ start: TrainingStart) throws { try happens(.trainingBegan) }
  func epochBegan(_ epoch: Int) throws { try happens(.epochBegan) }
  func batchBegan(_ start: BatchStart) throws { try happens(.batchBegan) }
  func batchEnded(_ report: BatchReport) throws -> TrainingDecision {
    try happens(.batchEnded)
    return .proceed
  }
  func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    try happens(.epochEnded)
    return .proceed
  }
}
