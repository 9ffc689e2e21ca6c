import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// A checkpoint is of no use to another training, and the error says what differs.
@Suite struct OtherRunTests {
  private static let changes: [(name: String, change: @Sendable (inout SmallRun) -> Void)] = [
    ("batch size is 7, in the checkpoint it is 8", { $0.batchSize = 7 }),
    ("seed is 10, in the checkpoint it is 9", { $0.seed = 10 }),
    (
      "layer dropout is Dropout(rate: 0.25, noiseShape: none), in the checkpoint it is Dropout(rate: 0.3, noiseShape: none)",
      { $0.dropout = 0.25 }
    ),
    ("optimizer is AdamW(", { $0.makeOptimizer = { AdamW() } }),
    (
      "in the checkpoint it is Adam(learningRate: exponential(from: 0.02, steps: 4, factor: 0.5, staircase: false), …",
      { $0.makeOptimizer = { Adam(learningRate: 0.02, clipping: .globalNorm(0.5)) } }
    ),
    (
      "optimizer is …, amsgrad: true, …, in the checkpoint it is without it",
      {
        $0.makeOptimizer = {
          Adam(learningRate: .exponential(from: 0.02, steps: 4, factor: 0.5), amsgrad: true, clipping: .globalNorm(0.5))
        }
      }
    ),
    (
      "optimizer options is UpdateOptions(decayExclusions: [vectors], average: none, gradientAccumulationSteps: 1) with "
        + "scales [dense: 0.5], in the checkpoint it is not there",
      {
        $0.makeOptimizer = {
          Adam(
            learningRate: .exponential(from: 0.02, steps: 4, factor: 0.5), clipping: .globalNorm(0.5),
            scales: ["dense": 0.5], decayExclusions: [.vectors])
        }
      }
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

  /// The same photos, read in another order of the colours or with a class whose name only looks the same.
  @Test func anotherMeaningOfTheDataIsNamed() throws {
    let photos = try Photos()
    let checkpoints = Checkpoints(photos.folder.path("run"), keepBest: nil)
    func fit(_ data: any Dataset) throws {
      let model = try Sequential(input: data.inputShape) {
        Flatten()
        Dense(2, activation: .softmax)
      }
      try model.fit(data, loss: .categoricalCrossEntropy, checkpoints: checkpoints, progress: .silent)
    }
    func message(_ data: any Dataset) throws -> String {
      "\(try #require(#expect(throws: CheckpointError.self) { try fit(data) }))"
    }
    try fit(photos("base", ["cat": 3, "dog": 3]))
    let other = try message(photos("base", ["cat": 3, "dog": 3], colours: .bgr))
    let difference = "is …, colours: bgr, …, in the checkpoint it is …, colours: rgb, …"
    // The pixels differ too, which follows from it.
    #expect(other.hasSuffix("another training: preprocessing of the training data \(difference)"), "\(other)")
    let changed = try message(photos("base", ["cat": 3, "dog": 3]).selecting([5, 4, 3, 2, 1, 0]))
    #expect(changed.contains("other examples, in another order, or split in another way"), "\(changed)")
    try FileManager.default.removeItem(atPath: photos.folder.path("run"))
    try fit(Toy.data(classes: ["caf\u{E9}", "p"]))
    let alike = try message(Toy.data(classes: ["cafe\u{301}", "p"]))
    #expect(alike.contains("training data is 64 examples"), "\(alike)")
    #expect(alike.contains("cafe\\u{0301}") && alike.contains("caf\\u{00E9}"), "\(alike)")
    try fit(Toy.data(classes: ["caf\u{E9}", "p"]))
  }

  /// The same layers with the same weights, of which one takes another input, also in a model inside.
  @Test(arguments: [false, true]) func otherConnectionsAreNamed(inside: Bool) throws {
    let folder = try TemporaryFolder()
    let checkpoints = Checkpoints(folder.path("run"), keepBest: nil)
    func fit(skipping: Bool) throws {
      let input = Input([8])
      let first = Dense(8)(input)
      let second = Dense(8)(first)
      let sum = Add()([second, skipping ? input : first])
      let network = try Model(input: input, output: Dense(2, activation: .softmax)(sum))
      let model = inside ? try Sequential(input: [8]) { network } : network
      let data = try Toy.data(classes: ["a", "b"])
      try model.fit(data, loss: .categoricalCrossEntropy, checkpoints: checkpoints, progress: .silent)
    }
    try fit(skipping: false)
    try fit(skipping: false)
    let error = #expect(throws: CheckpointError.self) { try fit(skipping: true) }
    let message = "\(try #require(error))"
    #expect(message.contains("connections"), "\(message)")
    #expect(message.contains("add(dense_1, input)"), "\(message)")
    #expect(message.contains("add(dense_1, dense)"), "\(message)")
  }

  /// Two inputs and two targets of the same shapes: their names alone say which is which.
  private struct TwoByTwo: Dataset {
    var inputNames = ["left", "right"]
    var targetNames = ["first", "second"]
    var numbers = ["a", "b"]
    var count: Int { 12 }
    var classes: [String] { [] }
    var inputShape: Shape { [3] }
    var inputShapes: [Shape] { [[3], [3]] }
    var targetMeanings: [TargetMeaning?] { numbers.map { .numbers(names: [$0], scaling: nil) } }

    func batch(_ indices: [Int]) throws -> Batch {
      try TensorDataset(
        inputs: [hashed(1, [12, 3], 1), hashed(2, [12, 3], 1)],
        targets: [hashed(3, [12, 1], 1), hashed(4, [12, 1], 1)]
      ).batch(indices)
    }

    func fit(_ checkpoints: Checkpoints) throws {
      let (left, right) = (Input([3], name: "left"), Input([3], name: "right"))
      let features = concatenate([Dense(2)(left), right])
      let model = try Model(
        inputs: [left, right], outputs: [Dense(1)(features, name: "first"), Dense(1)(features, name: "second")], seed: 1
      )
      try model.fit(
        self, losses: ["first": .meanSquaredError, "second": .meanSquaredError], checkpoints: checkpoints,
        progress: .silent)
    }
  }

  @Test func otherNamesOfTheSameTensorsAreNamed() throws {
    let folder = try TemporaryFolder()
    let checkpoints = Checkpoints(folder.path("run"), keepLast: 1, keepBest: nil)
    try TwoByTwo().fit(checkpoints)
    for (other, difference) in [
      (
        TwoByTwo(inputNames: ["right", "left"]),
        "inputs of the training data is right, left, in the checkpoint it is left, right"
      ),
      (
        TwoByTwo(targetNames: ["second", "first"]),
        "targets of the training data is second, the numbers a; first, the numbers b, in the checkpoint it is first, the "
          + "numbers a; second, the numbers b"
      ),
      (
        TwoByTwo(numbers: ["a", "c"]),
        "targets of the training data is first, the numbers a; second, the numbers c, in the checkpoint it is"
      ),
    ] {
      let error = #expect(throws: CheckpointError.self) { try other.fit(checkpoints) }
      #expect("\(try #require(error))".contains(": \(difference)"), "\(difference)")
    }

    // Checkpoints of earlier versions do not have the names.
    struct Run: Codable {
      struct Part: Codable { let name, value: String }
      var parts: [Part]
    }
    let path = try #require(checkpoints.newest)
    var state = try SavedState(contentsOf: path, limit: 1 << 30)
    var run: Run = try state.value(for: "run")
    run.parts.removeAll { $0.name.hasPrefix("inputs of ") || $0.name.hasPrefix("targets of ") }
    try state.set(run, for: "run")
    try state.write(to: path)
    try TwoByTwo().fit(checkpoints)
  }

  private static let metrics: [(first: any Metric, other: any Metric, difference: String)] = [
    (AUC(), AUC(curve: .pr), "metric auc: it is …, curve: pr, …, in the checkpoint it is …, curve: roc, …"),
    (Precision(), Precision(threshold: 0.9), "metric precision: it is …, counts: AnswerCounts(threshold: 0.9, …"),
    (Accuracy(), Accuracy(threshold: 0.25), "metric accuracy: it is Accuracy(threshold: 0.25, "),
  ]

  @Test(arguments: metrics.indices) func otherOptionsOfAMetricAreNamed(number: Int) throws {
    let folder = try TemporaryFolder()
    let checkpoints = Checkpoints(folder.path("run"))
    let (first, other, difference) = Self.metrics[number]
    let run = SmallRun(metrics: [first])
    // In the middle of an epoch, whose figures go on.
    _ = try run(checkpoints, callbacks: [EndAfter(.pause, batches: 4)])
    let error = #expect(throws: CheckpointError.self) { try SmallRun(metrics: [other])(checkpoints) }
    let message = "\(try #require(error))"
    #expect(message.contains(difference), "\(message)")
    #expect(try run(checkpoints) == run())
  }

  /// Another training, and one that fails when the weights are restored already.
  @Test func theModelStaysAsItWas() throws {
    let folder = try TemporaryFolder()
    func fit(_ model: Sequential, batchSize: Int = 16, _ callbacks: [any Callback]) throws {
      try model.fit(
        Toy.data(), batchSize: batchSize, loss: .categoricalCrossEntropy, callbacks: callbacks,
        checkpoints: Checkpoints(folder.path("run"), keepBest: nil), progress: .silent)
    }
    func stopping() -> EarlyStopping { EarlyStopping(monitor: "loss", patience: 9) }
    try fit(Toy.model(), [stopping(), EndAfter(.pause, batches: 2)])
    let model = try Toy.model()
    model.metadata = ["confidence": "{}"]
    let weights = model.state.mapValues(\.scalars)
    #expect(throws: CheckpointError.self) { try fit(model, batchSize: 8, [stopping()]) }
    #expect(throws: CheckpointError.self) { try fit(model, []) }
    #expect(model.metadata == ["confidence": "{}"])
    #expect(model.state.mapValues(\.scalars) == weights)
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
    #expect(try run(checkpoints, callbacks: [ClosureCallback(epochEnded: { _, _ in .proceed })]) == run())
  }
}
