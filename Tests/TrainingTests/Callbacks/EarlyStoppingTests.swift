import Data
import NN
import Optim
import Tensor
import Testing
import Training

@Suite struct EarlyStoppingTests {
  /// A metric whose values are given, without a direction of its own.
  private struct Given: Metric {
    var name = "f1"
    var values: [Double]
    var epoch = -1
    var value: Double { values[max(epoch, 0)] }
    mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
    mutating func reset() { epoch += 1 }
  }

  /// How many epochs a training has whose figure takes the given values.
  private func epochs(of values: [Double], _ stopping: EarlyStopping, model: Sequential? = nil) throws -> Int {
    try (model ?? Toy.model()).fit(
      Toy.data(), epochs: values.count, loss: .categoricalCrossEntropy, metrics: [Given(values: values)],
      callbacks: [stopping], progress: .silent
    ).epochs.count
  }

  /// The numbers are those of Keras 3.15 with a loss that never changes.
  @Test(arguments: [(0, 2), (1, 2), (2, 3), (3, 4)])
  func patienceIsThatOfKeras(patience: Int, expected: Int) throws {
    let values = [Double](repeating: 1, count: 9)
    #expect(try epochs(of: values, EarlyStopping(monitor: "f1", mode: .min, patience: patience)) == expected)
    let history = try Toy.model().fit(
      Toy.data(), validation: Toy.data(), epochs: 9, optimizer: SGD(learningRate: 0.0),
      loss: .categoricalCrossEntropy, callbacks: [EarlyStopping(patience: patience)], progress: .silent)
    #expect(history.epochs.count == expected)
    #expect(history.wasStopped)
  }

  /// keras.callbacks.EarlyStopping with the same values and options.
  @Test func optionsAreThoseOfKeras() throws {
    let rising = [0.0, 0.1, 0.2, 0.3, 0.4]
    #expect(try epochs(of: rising, EarlyStopping(monitor: "f1", mode: .max, patience: 1)) == 5)
    #expect(try epochs(of: rising, EarlyStopping(monitor: "f1", mode: .min, patience: 2)) == 3)
    // A change must be larger than the minimum; its sign does not matter.
    for minimum in [0.25, -0.25] {
      let stopping = EarlyStopping(monitor: "f1", mode: .max, patience: 2, minimumChange: minimum)
      #expect(try epochs(of: [0, 0.25, 0.25, 1, 1], stopping) == 3)
    }
    // Better than before, and not than the baseline: no improvement that counts.
    #expect(try epochs(of: rising, EarlyStopping(monitor: "f1", mode: .max, patience: 2, baseline: 0.9)) == 5)
    #expect(
      try epochs(of: [0, 0.1, 0.1, 0.1], EarlyStopping(monitor: "f1", mode: .max, patience: 2, baseline: 0.9)) == 3)
    #expect(try epochs(of: [5, 4, 3, 3, 3], EarlyStopping(monitor: "f1", mode: .max, patience: 1, startEpoch: 2)) == 4)
    // NaN is no improvement.
    #expect(try epochs(of: [.nan, .nan, 1, 1], EarlyStopping(monitor: "f1", mode: .min, patience: 3)) == 4)
    #expect(try epochs(of: [1, .nan, .nan, 0], EarlyStopping(monitor: "f1", mode: .min, patience: 2)) == 3)
  }

  @Test func stateBeginsAnewWithEachFit() throws {
    let values = [3.0, 2, 1, 1, 1, 1]
    let model = try Toy.model()
    let stopping = EarlyStopping(monitor: "f1", mode: .min, patience: 2, restoringBestOf: model)
    #expect(try epochs(of: values, stopping, model: model) == 5)
    let first = model.state
    // Worse values than those of the first training: they count by themselves, and its weights do not come back.
    #expect(try epochs(of: values.map { $0 + 10 }, stopping, model: model) == 5)
    #expect(model.state != first)
    #expect(try epochs(of: values, stopping, model: model) == 5)
  }

  @Test func theDirectionIsThatOfTheMetricOrTheCaller() throws {
    let error = #expect(throws: FitError.self) { try epochs(of: [0, 1], EarlyStopping(monitor: "f1")) }
    #expect(try #require(error) == .unknownDirection("f1", owner: "EarlyStopping"))
    #expect("\(try #require(error))".contains("mode: .max"))
    let unknown = #expect(throws: FitError.self) {
      try epochs(of: [0, 1], EarlyStopping(monitor: "val_f2", mode: .max))
    }
    #expect(try #require(unknown) == .unknownFigure("val_f2", owner: "EarlyStopping", known: ["f1", "loss"]))
    // Nothing was trained before the error.
    let model = try Toy.model()
    let before = model.state
    #expect(throws: FitError.self) { try epochs(of: [0, 1], EarlyStopping(monitor: "f1"), model: model) }
    #expect(model.state == before)
    // `top_1_accuracy` states that it should rise.
    let history = try Toy.model().fit(
      Toy.data(), validation: Toy.data(), epochs: 3, optimizer: SGD(learningRate: 0.0),
      loss: .categoricalCrossEntropy, metrics: [TopKAccuracy(k: 1)],
      callbacks: [EarlyStopping(monitor: "val_top_1_accuracy")], progress: .silent)
    #expect(history.epochs.count == 2)
  }

  @Test func aFigureThatNeverComesIsWarnedOfOnce() throws {
    let listener = Listener()
    let history = try Toy.model().fit(
      Toy.data(), epochs: 3, loss: .categoricalCrossEntropy,
      callbacks: [EarlyStopping(monitor: "val_loss", patience: 0), listener], progress: .silent)
    #expect(history.epochs.count == 3)
    #expect(
      listener.warnings == ["EarlyStopping never sees val_loss: there is no validation data. There are accuracy, loss"])
  }
}
