import Data
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Trainings on what a program makes one after the other.
@Suite struct GeneratorTests {
  /// Rows of eight numbers; of the class `p` where their sum is positive. Epoch by epoch others.
  private func generator(steps: Int? = 4, count: Int = .max, isRepeatable: Bool = true) throws -> GeneratedBatches {
    try GeneratedBatches(
      stepsPerEpoch: steps, batchSize: 16, target: String.self, targetNames: ["n", "p"], isRepeatable: isRepeatable,
      rows: { epoch in
        var made = 0
        return {
          guard made < count else { return nil }
          made += 1
          let row = hashed(UInt64(1000 * (epoch + 1) + made), [8], 1).scalars
          return (row, row.reduce(0, +) > 0 ? "p" : "n")
        }
      })
  }

  /// The same rows in memory, for a generator that is called once.
  private func rows(_ count: Int) throws -> TensorDataset {
    let rows = (1...count).map { hashed(UInt64(1000 + $0), [8], 1).scalars }
    return try TensorDataset(
      Examples(rows, rows.map { $0.reduce(0, +) > 0 ? "p" : "n" }, targetNames: ["n", "p"]))
  }

  @Test func trainsAsOnTheSameExamplesInMemory() throws {
    let made = try Toy.model().fit(generator(), loss: .categoricalCrossEntropy, progress: .silent)
    let kept = try Toy.model().fit(
      rows(64), batchSize: 16, loss: .categoricalCrossEntropy, shuffle: false, progress: .silent)
    #expect(made == kept)
    // Called once, it goes on where the epoch before it ended.
    let once = try Toy.model().fit(
      generator(steps: 2, isRepeatable: false), epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(once.epochs.count == 2 && once.epochs[0].training != once.epochs[1].training)
    let both = try generator(steps: 2, count: 64, isRepeatable: false)
    let model = try Toy.model()
    try model.fit(both, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    let whole = try Toy.model()
    try whole.fit(rows(64), batchSize: 16, loss: .categoricalCrossEntropy, shuffle: false, progress: .silent)
    #expect(model.state == whole.state)
    #expect(model.classes == ["n", "p"])
  }

  /// Without a number of steps an epoch ends with the generator, and its last batch has what is left.
  @Test func endsWhereTheGeneratorEnds() throws {
    let listener = Listener()
    let (made, kept) = (try Toy.model(), try Toy.model())
    let history = try made.fit(
      generator(steps: nil, count: 40), loss: .categoricalCrossEntropy, callbacks: [listener], progress: .silent)
    let expected = try kept.fit(
      rows(40), batchSize: 16, loss: .categoricalCrossEntropy, shuffle: false, progress: .silent)
    #expect(history == expected && made.state == kept.state)
    let data = try generator(steps: nil, count: 40)
    #expect(data.count == .max && data.stepsPerEpoch == nil && data.batchSize == 16)
    #expect(try made.predict(data).scalars == made.predict(rows(40), batchSize: 16).scalars)
    let evaluation = try made.evaluate(data, loss: .categoricalCrossEntropy)
    #expect(evaluation.expected.shape == [40, 2])
    let both = try made.fit(
      data, validation: data, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(both["val_loss"].count == 2)
  }

  /// Each epoch may have another length, and be called for although it cannot be made again.
  @Test(arguments: [true, false])
  func epochsMayHaveDifferentLengths(isRepeatable: Bool) throws {
    let data = try GeneratedBatches(isRepeatable: isRepeatable) { epoch in
      var made = 0
      return {
        guard made < 2 + epoch else { return nil }
        made += 1
        return Batch(
          inputs: hashed(UInt64(made), [4, 8], 1), targets: Tensor(oneHot: Tensor(zeros: [4]), classCount: 2))
      }
    }
    let recorder = SnapshotRecorder()
    try Toy.model().fit(
      data, epochs: 3, loss: .categoricalCrossEntropy, progress: .renderer(recorder))
    #expect(recorder.ends == [8, 12, 16])
    #expect(recorder.totals == [nil, 8, 8])
    #expect(recorder.steps == [2, 5, 9])
  }

  @Test func aNumberOfStepsMayBeTheLargest() throws {
    let data = try generator(steps: .max)
    let history = try Toy.model().fit(
      data, epochs: 2, loss: .categoricalCrossEntropy, callbacks: [EndAfter(.stop, batches: 3)], progress: .silent)
    #expect(history.epochs.isEmpty)
  }

  @Test func isValidationDataToo() throws {
    let history = try Toy.model().fit(
      Toy.data(), validation: generator(), epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(history["val_loss"].count == 2)
    let evaluation = try Toy.model().evaluate(generator(), loss: .categoricalCrossEntropy)
    #expect(evaluation.expected.shape == [64, 2])
  }

  @Test func goesOnFromACheckpointWithTheSameBits() throws {
    let folder = try TemporaryFolder()
    func fit(_ data: GeneratedBatches, _ checkpoints: Checkpoints?, _ callbacks: [any Callback] = []) throws -> History
    {
      try Toy.model().fit(
        data, epochs: 3, loss: .categoricalCrossEntropy, callbacks: callbacks, checkpoints: checkpoints,
        progress: .silent)
    }
    let undisturbed = try fit(generator(), nil)
    let checkpoints = Checkpoints(folder.path("run"), every: .steps(1))
    _ = try fit(generator(), checkpoints, [EndAfter(.pause, batches: 6)])
    #expect(try fit(generator(), checkpoints) == undisturbed)

    // Without a number of steps, in the middle of an epoch and right behind its last batch.
    for batches in [5, 6, 8] {
      let finite = Checkpoints(folder.path("finite \(batches)"), every: .steps(1))
      _ = try fit(generator(steps: nil, count: 64), finite, [EndAfter(.pause, batches: batches)])
      #expect(try fit(generator(steps: nil, count: 64), finite) == undisturbed)
    }
    let short = Checkpoints(folder.path("short"), every: .steps(1))
    _ = try fit(generator(steps: nil, count: 64), short, [EndAfter(.pause, batches: 7)])
    #expect(throws: GeneratorError.endBeforeStart(found: 2, expected: 3)) {
      try fit(generator(steps: nil, count: 32), short)
    }

    let others = Checkpoints(folder.path("once"), every: .steps(1))
    _ = try fit(generator(isRepeatable: false), others, [EndAfter(.pause, batches: 6)])
    let listener = Listener()
    _ = try fit(generator(isRepeatable: false), others, [listener])
    #expect(listener.warnings.contains { $0.contains("the generator cannot go back") }, "\(listener.warnings)")
  }

  /// Batches of one number, which counts them. Nothing makes them again.
  private static func counting(steps: Int) throws -> GeneratedBatches {
    try GeneratedBatches(stepsPerEpoch: steps, isRepeatable: false) { _ in
      var made = -1
      return {
        made += 1
        let number = Tensor<Float>(shape: [1, 1], scalars: [Float(made)])
        return Batch(inputs: number, targets: number)
      }
    }
  }

  private static func identity() throws -> Sequential { try Sequential(input: [1]) { Flatten() } }

  /// Each rank takes every second or third batch, or none, and the next time all go on behind the last one.
  @Test(arguments: [1, 2, 3, 5])
  func ranksShareWhatIsMadeOnce(ranks: Int) throws {
    let results = onRanks(ranks) { group in
      let (model, data, distribution) = (try Self.identity(), try Self.counting(steps: 4), Distribution(group))
      let evaluation = try model.evaluate(data, loss: .meanSquaredError, distribution: distribution)
      let predicted = try model.predict(data, distribution: distribution)
      let again = try model.evaluate(data, loss: .meanSquaredError, distribution: distribution)
      return (evaluation.expected.scalars, predicted.scalars, again.expected.scalars)
    }
    for result in results {
      let (expected, predicted, again) = try result.get()
      #expect(expected == [0, 1, 2, 3] && predicted == [4, 5, 6, 7] && again == [8, 9, 10, 11])
    }
  }

  /// What precise statistics look at is all that they take, in the size that the generator has.
  @Test func preciseStatisticsTakeNoMoreThanTheyNeed() throws {
    let model = try Sequential(input: [1]) { BatchNorm() }
    let data = try Self.counting(steps: 4)
    try model.recomputeStatistics(from: data, batches: 3, batchSize: 32)
    #expect(model.state["batch_norm.runningMean"]?.scalars == [1])
    #expect(try Self.identity().predict(data).scalars == [3, 4, 5, 6])
  }

  @Test func severalProcessesAndStagesNeedTheLength() throws {
    let results = onRanks(2) { group in
      try Self.identity().predict(
        GeneratedBatches { _ in
          var made = 0
          return {
            made += 1
            return made > 3 ? nil : Batch(inputs: Tensor(zeros: [1, 1]), targets: Tensor(zeros: [1, 1]))
          }
        }, distribution: Distribution(group)
      ).scalars
    }
    for result in results { #expect(throws: GeneratorError.lengthNeeded("several processes")) { try result.get() } }
    #expect(throws: GeneratorError.lengthNeeded("the stages of a fine-tuning")) {
      try Toy.model().fit(
        generator(steps: nil, count: 40),
        fineTuning: FineTuning([.all(epochs: 1, learningRate: 1e-3)], headLayer: "dense_1"),
        loss: .categoricalCrossEntropy, progress: .silent)
    }
  }

  @Test func whatIsMissingIsSaid() throws {
    // The end of the second epoch comes at once.
    #expect(throws: GeneratorError.empty) {
      try Toy.model().fit(
        GeneratedBatches { epoch in
          var made = 0
          return {
            made += 1
            guard epoch == 0, made == 1 else { return nil }
            return Batch(inputs: Tensor(zeros: [1, 8]), targets: Tensor(shape: [1, 2], scalars: [1, 0]))
          }
        }, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(throws: GeneratorError.empty) { try generator(count: 0) }
    #expect(throws: GeneratorError.steps(0)) { try generator(steps: 0) }
    // A last batch of 8 examples is none.
    #expect(throws: GeneratorError.tooShort(found: 2, expected: 4)) {
      try Toy.model().fit(generator(count: 40), loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(throws: GeneratorError.onlyInOrder) {
      try Toy.model().fit(generator(), validationShare: 0.2, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(throws: GeneratorError.namesNeeded) {
      try GeneratedBatches(
        stepsPerEpoch: 1, batchSize: 2, target: String.self,
        rows: { _ in
          var made = 0
          return {
            made += 1
            return ([0], "class \(made)")
          }
        })
    }
  }

  @Test func batchesOfAnotherFormAreRefused() throws {
    func generator(_ make: @escaping @Sendable (Int) -> Batch) throws -> GeneratedBatches {
      try GeneratedBatches(stepsPerEpoch: 3) { _ in
        var step = 0
        return {
          defer { step += 1 }
          return make(step)
        }
      }
    }
    func fit(_ make: @escaping @Sendable (Int) -> Batch) throws {
      try Toy.model().fit(generator(make), loss: .categoricalCrossEntropy, progress: .silent)
    }
    @Sendable func batch(_ count: Int, width: Int = 8) -> Batch {
      Batch(inputs: Tensor(zeros: [count, width]), targets: Tensor(oneHot: Tensor(zeros: [count]), classCount: 2))
    }
    try fit { _ in batch(4) }
    #expect(throws: GeneratorError.batchSize(step: 1, found: 5, expected: 4)) { try fit { batch($0 == 1 ? 5 : 4) } }
    #expect(throws: GeneratorError.shapes(step: 2, found: [[7]], expected: [[8]])) {
      try fit { batch(4, width: $0 == 2 ? 7 : 8) }
    }
    #expect(throws: GeneratorError.noExamples(step: 0)) { try fit { _ in batch(0) } }
    #expect(throws: DatasetError.sampleWeight(example: 0, -1)) {
      try fit { step in
        var batch = batch(4)
        batch.weights = Tensor([step == 1 ? -1 : 1, 1, 1, 1])
        return batch
      }
    }
  }
}

/// What a display hears at the end of each epoch.
private final class SnapshotRecorder: ProgressRenderer {
  private(set) var (ends, totals, steps): ([Int], [Int?], [Int]) = ([], [], [])
  private var total: Int?

  func show(_ snapshot: TrainingSnapshot) { total = snapshot.exampleCount }
  func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot) {
    ends.append(snapshot.examples)
    totals.append(total)
    steps.append(snapshot.step)
  }
}
