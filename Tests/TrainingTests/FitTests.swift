import Autograd
import Data
import Foundation
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing
import Training

/// Hands its input on and notes the batch sizes.
private final class Witness: Layer {
  private(set) var batchSizes: [Int] = []

  func build(inputShape: Shape, using generator: inout RandomGenerator) -> Shape { inputShape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    batchSizes.append(x.shape[0])
    return x
  }
}

/// `fit` against the history of Keras on the same weights, the same data and the same order.
struct FitTests {
  private let inputs = hashed(5, [70, 3, 8, 8], 1)
  private let targets = Tensor<Float>(
    oneHot: Tensor(hashed(6, [70], 5).scalars.map { abs($0).rounded(.down) }), classCount: 5)
  private let names = ["a", "b", "c", "d", "e"]

  private func data(_ examples: Range<Int> = 0..<70) throws -> TensorDataset {
    try TensorDataset(inputs: inputs[examples], targets: targets[examples], classes: names)
  }

  private func model(l2: Float = 0) throws -> Sequential {
    let (conv, dense) = (
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu, l2: l2), Dense(5, activation: .softmax)
    )
    let model = try Sequential(input: [3, 8, 8], layers: [conv, MaxPool2D(2), BatchNorm(), Flatten(), dense])
    conv.weight.value = hashed(1, [4, 3, 3, 3], 0.4)
    conv.bias?.value = hashed(3, [4], 0.1)
    dense.weight.value = hashed(2, [64, 5], 0.2)
    dense.bias?.value = hashed(4, [5], 0.1)
    return model
  }

  @Test func aModelOfSeveralOutputsIsRefused() throws {
    let image = Input([3, 8, 8])
    let features = Flatten()(image)
    let model = try Model(inputs: [image], outputs: [Dense(5)(features), Dense(2)(features)])
    let expected = FitError.severalOutputs(["dense", "dense_1"])
    #expect(throws: expected) { try model.fit(data(), loss: .categoricalCrossEntropy) }
    #expect(throws: expected) { try model.evaluate(data(), loss: .categoricalCrossEntropy) }
    #expect("\(expected)".hasPrefix("the model has the outputs dense, dense_1, and one is expected here: use losses:"))
    let refused = FitError.severalValues(inputs: 1, outputs: 2)
    #expect(throws: refused) { try model.predict(inputs) }
    #expect("\(refused)".hasPrefix("the model has 1 input and 2 outputs, and one of each is expected here"))
    let other = Input([3, 8, 8])
    let sum = try Model(inputs: [image, other], outputs: [Flatten()(image + other)])
    #expect(throws: FitError.severalValues(inputs: 2, outputs: 1)) { try sum.predict(inputs) }
  }

  @Test(arguments: [("plain", Float(0), nil), ("weighted", Float(0.01), [1, 2, 0.5, 1, 3] as [Float]?)])
  func historyEqualsKeras(run: String, l2: Float, classWeights: [Float]?) throws {
    let reference = try #require(Fixture.load().fit[run])
    let model = try model(l2: l2)
    // Keras's `validation_split` takes the last fifth.
    let history = try model.fit(
      data(0..<56), validation: data(56..<70), epochs: 3, optimizer: Adam(learningRate: 0.01),
      loss: .categoricalCrossEntropy, shuffle: false, classWeights: classWeights, progress: .silent)
    // Three epochs of two steps in single precision; the steps of Adam are as large as the rounding of tiny gradients
    // lets them be, so the losses drift apart by a few parts in ten thousand at most.
    for name in ["accuracy", "loss", "val_accuracy", "val_loss"] {
      let expected = try #require(reference[name])
      #expect(history[name].count == expected.count)
      for (found, expected) in zip(history[name], expected) {
        #expect(abs(found - expected) < 2e-4 * max(1, abs(expected)), "\(name): \(found), Keras has \(expected)")
      }
    }
    let prediction = try model.predict(inputs[0..<2]).scalars
    for (found, expected) in zip(prediction, try #require(reference["prediction"])) {
      #expect(abs(Double(found) - expected) < 2e-3)
    }
  }

  /// One example to check that data, loss, metrics and class weights fit together, and then the work alone.
  @Test func runsTheModelOnceToCheck() throws {
    let witness = Witness()
    let model = try Sequential(input: [3, 8, 8], layers: [witness, Flatten(), Dense(5, activation: .softmax)])
    _ = try model.fit(
      data(0..<40), validation: data(40..<60), epochs: 2, batchSize: 20, loss: .categoricalCrossEntropy,
      classWeights: [1, 1, 1, 1, 2], progress: .silent)
    #expect(witness.batchSizes == [1, 20, 20, 20, 20, 20, 20])
  }

  @Test func validationTargetsOfAnotherFormAreRefused() throws {
    let classes = Tensor<Float>((0..<20).map { Float($0 % 5) })
    let validation = try TensorDataset(inputs: inputs[0..<20], targets: classes, classes: names)
    let model = try model()
    #expect(throws: TargetError.self) {
      try model.fit(data(), validation: validation, loss: .categoricalCrossEntropy, progress: .silent)
    }
  }

  @Test func historyIsATableLikeKerassLogger() throws {
    let history = try model().fit(
      data(), validationShare: 0.2, epochs: 2, loss: .categoricalCrossEntropy, progress: .silent)
    let lines = history.csv.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[0] == "epoch,accuracy,loss,val_accuracy,val_loss")
    #expect(lines[2].hasPrefix("1,"))
    #expect(history.names == ["accuracy", "loss", "val_accuracy", "val_loss"])
    #expect(history["unknown"].isEmpty)
  }

  @Test func sameSeedSameBitsOnAnyThreadCount() throws {
    let states = try resultsOnEveryThreadCount {
      let model = try Sequential(input: [3, 8, 8], seed: 3) {
        Conv2D(8, kernelSize: 3, padding: .same, activation: .relu)
        Dropout(0.3)
        BatchNorm()
        Flatten()
        Dense(5, activation: .softmax)
      }
      try model.fit(data(), epochs: 2, loss: .categoricalCrossEntropy, seed: 9, progress: .silent)
      return model.state
    }
    #expect(states.allSatisfy { $0 == states[0] })
  }

  @Test func evaluateLeavesTheModelAlone() throws {
    let model = try model()
    let before = model.state
    let evaluation = try model.evaluate(data(), loss: .categoricalCrossEntropy)
    #expect(model.state == before)
    #expect(evaluation.predicted.shape == [70, 5])
    #expect(evaluation.expected == targets)
    // Products of other sizes are summed in another order; probabilities differ by some units in the last place.
    let inSevens = try model.predict(inputs, batchSize: 7)
    #expect((try model.predict(data()) - inSevens).absolute().max().scalar < 1e-6)
  }

  @Test func callbacksMayStop() throws {
    let history = try model().fit(
      data(), epochs: 5, loss: .categoricalCrossEntropy,
      callbacks: [ClosureCallback(epochEnded: { report, _ in report.epoch == 1 ? .stop : .proceed })], progress: .silent
    )
    #expect(history.epochs.count == 2)
    #expect(history.wasStopped)

    let request = StopRequest()
    request.stop()
    let stopped = try model().fit(
      data(), epochs: 5, loss: .categoricalCrossEntropy, callbacks: [request], progress: .silent)
    #expect(stopped.epochs.isEmpty)
    #expect(stopped.wasStopped)
    // The request is used up.
    let next = try model().fit(
      data(), epochs: 2, loss: .categoricalCrossEntropy, callbacks: [request], progress: .silent)
    #expect(next.epochs.count == 2)
  }

  @Test func loggerWritesAfterEachEpoch() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "kilim-\(UUID().uuidString).csv").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let history = try model().fit(
      data(), epochs: 2, loss: .categoricalCrossEntropy, callbacks: [CSVLogger(path)], progress: .silent)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == history.csv)
  }

  /// A file that it must not replace, or that cannot be made, is an error before the first step.
  @Test func loggerChecksItsFileFirst() throws {
    let folder = try TemporaryFolder()
    try "my notes".write(toFile: folder.path("notes.txt"), atomically: true, encoding: .utf8)
    for path in [folder.path("notes.txt"), folder.path("missing/history.csv"), folder.url.path] {
      let witness = Witness()
      let model = try Sequential(input: [3, 8, 8], layers: [witness, Flatten(), Dense(5, activation: .softmax)])
      #expect(throws: FileError.self, "\(path)") {
        try model.fit(data(), loss: .categoricalCrossEntropy, callbacks: [CSVLogger(path)], progress: .silent)
      }
      #expect(witness.batchSizes == [1], "\(path)")
    }
    #expect(try String(contentsOfFile: folder.path("notes.txt"), encoding: .utf8) == "my notes")
  }

  @Test func modelRemembersItsClasses() throws {
    let model = try model()
    try model.fit(data(), loss: .categoricalCrossEntropy, progress: .silent)
    #expect(model.classes == names)
    #expect(model.preprocessing == nil)
    #expect(throws: ClassifyError.noPreprocessing) {
      try model.classify(Image(width: 1, height: 1, pixels: [0, 0, 0]))
    }
  }

  @Test func wrongInputIsReported() throws {
    let model = try model()
    func fit(_ dataset: TensorDataset, epochs: Int = 1, share: Double? = nil, weights: [Float]? = nil) throws {
      try model.fit(
        dataset, validationShare: share, epochs: epochs, loss: .categoricalCrossEntropy, classWeights: weights,
        progress: .silent)
    }
    #expect(throws: FitError.epochs(0)) { try fit(data(), epochs: 0) }
    #expect(throws: FitError.validationShare(1, count: 70)) { try fit(data(), share: 1) }
    #expect(throws: FitError.classWeights(found: 2, expected: 5)) { try fit(data(), weights: [1, 2]) }
    #expect(throws: FitError.inputShape(found: [3, 9, 8], expected: [3, 8, 8])) {
      try fit(TensorDataset(inputs: Tensor(zeros: [2, 3, 9, 8]), targets: Tensor(zeros: [2, 5])))
    }
    #expect(throws: FitError.noExamples) {
      try fit(TensorDataset(inputs: Tensor(zeros: [0, 3, 8, 8]), targets: Tensor(zeros: [0, 5])))
    }
    #expect(throws: TargetError.self) {
      try fit(TensorDataset(inputs: Tensor(zeros: [2, 3, 8, 8]), targets: Tensor(zeros: [2, 4])))
    }
    // The wrong class index stands in the last batch, behind the first one that is looked at before training.
    var indices = Tensor<Float>(zeros: [70])
    indices[69] = 5
    let wrongIndex = try TensorDataset(inputs: inputs, targets: indices)
    #expect(throws: TargetError.self) {
      try model.fit(wrongIndex, loss: .sparseCategoricalCrossEntropy, shuffle: false, progress: .silent)
    }
    #expect(throws: TargetError.self) { try model.evaluate(wrongIndex, loss: .sparseCategoricalCrossEntropy) }
    #expect(throws: DatasetError.self) {
      try model.fit(data(), batchSize: 0, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(throws: FitError.inputShape(found: [3, 8], expected: [3, 8, 8])) {
      try model.predict(Tensor(zeros: [1, 3, 8]))
    }
  }

  /// A photo without a batch, and channels at the end.
  @Test func inputsOfAnotherShapeHaveAHint() throws {
    let model = try model()
    func text(_ shape: Shape) -> String {
      do {
        return "\(try model.predict(Tensor(zeros: shape)).shape)"
      } catch {
        return "\(error)"
      }
    }
    #expect(text([3, 8, 8]).hasSuffix("the model takes [3, 8, 8]: a batch of one example has the shape [1, 3, 8, 8]"))
    #expect(text([8, 8, 3]).hasSuffix("has the shape [1, 3, 8, 8], with the channels first"))
    #expect(text([2, 8, 8, 3]).hasSuffix(": the channels come first, permuted([0, 3, 1, 2]) moves them there"))
    #expect(text([2, 3, 9, 8]).hasSuffix("the model takes [3, 8, 8]"))
  }

  /// In a process of its own, since the memory of the pool belongs to the process, and on one thread: with more, how much
  /// memory is in use at once depends on which of them works when.
  ///
  /// The loader's thread runs ahead by up to two batches, sooner or later. Each may take a piece that the step would have
  /// taken, which then takes another: a megabyte at most, its largest. A step that kept one batch of 192 KB would take
  /// more than 8 MB in 44 steps.
  @Test func stepsAfterTheFirstTakeNoFreshMemory() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 1
      let model = try Sequential(input: [3, 32, 32]) {
        Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
        MaxPool2D(2)
        BatchNorm()
        Flatten()
        Dense(5, activation: .softmax)
      }
      let data = try TensorDataset(
        inputs: hashed(11, [64, 3, 32, 32], 1),
        targets: Tensor(oneHot: Tensor((0..<64).map { Float($0 % 5) }), classCount: 5))
      var taken: [Int] = []
      try model.fit(
        data, epochs: 12, batchSize: 16, loss: .categoricalCrossEntropy,
        callbacks: [
          ClosureCallback(epochEnded: { _, _ in
            taken.append(StoragePool.shared.systemByteCount)
            return .proceed
          })
        ], progress: .silent)
      let megabyte = 1 << 20
      require(taken.count == 12 && taken[0] > 0, "\(taken)")
      require(taken[11] <= taken[0] + 3 * megabyte, "\(taken)")
    }
  }
}
