import Data
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Models with several inputs and outputs.
@Suite struct OutputsTests {
  private let losses: PerOutput<any Loss> = ["kind": .categoricalCrossEntropy, "price": .meanSquaredError]
  private let metrics: PerOutput<[any Metric]> = ["kind": [Accuracy()], "price": [.meanAbsoluteError]]

  private func fit(
    _ model: Model, _ train: any Dataset, _ validation: any Dataset, isWeighted: Bool = false, epochs: Int = 3,
    callbacks: [any Callback] = [], checkpoints: Checkpoints? = nil
  ) throws -> History {
    try model.fit(
      train, validation: validation, epochs: epochs, batchSize: 16, optimizer: Adam(learningRate: 0.01), losses: losses,
      lossWeights: ["price": 0.2], metrics: metrics,
      weightedMetrics: isWeighted ? ["kind": [Accuracy()], "price": [RootMeanSquaredError()]] : nil, shuffle: false,
      callbacks: callbacks, checkpoints: checkpoints, progress: .silent)
  }

  @Test func historyEqualsKeras() throws {
    let reference = try #require(OutputsFixture.load().runs["outputs"])
    let model = try TwoOutputs.model()
    let history = try fit(model, TwoOutputs.data(0..<40), TwoOutputs.data(40..<52))
    expectKeras(history, reference, leavingOut: ["prediction"])
    #expect(Set(history.names).isSuperset(of: ["kind_loss", "price_loss", "val_kind_accuracy", "loss"]))
    #expect(history.directions["price_loss"] == .min && history.directions["kind_accuracy"] == .max)
    let outputs = try model.predict([TwoOutputs.photos[0..<2], TwoOutputs.sizes[0..<2]])
    for (found, expected) in zip(outputs.flatMap(\.scalars), try #require(reference["prediction"])) {
      #expect(abs(Double(found) - expected) < 2e-3)
    }
  }

  @Test func weightsOfExamplesCountAsInKeras() throws {
    let reference = try #require(OutputsFixture.load().runs["weighted outputs"])
    let history = try fit(
      TwoOutputs.model(), TwoOutputs.data(0..<40, isWeighted: true), TwoOutputs.data(40..<52, isWeighted: true),
      isWeighted: true)
    expectKeras(history, reference)
  }

  /// By their names, inputs and targets may come in any order, and training and validation in different ones.
  @Test func namesDecideNotTheOrder() throws {
    let byOrder = try fit(TwoOutputs.model(), TwoOutputs.data(0..<40), TwoOutputs.data(40..<52))
    let byName = try fit(TwoOutputs.model(), TwoOutputs.named(0..<40), TwoOutputs.data(40..<52))
    #expect(byName == byOrder)
    let model = try TwoOutputs.model()
    let results = try model.evaluate(TwoOutputs.named(40..<52), losses: losses)
    let others = try model.evaluate(TwoOutputs.data(40..<52), losses: losses)
    #expect(results.figures == others.figures)
    #expect(results["kind"]?.figures.accuracy == results.figures.metrics["kind_accuracy"])
    #expect(results["price"]?.figures.loss == results.figures.metrics["price_loss"])
    #expect(results["weight"] == nil)
    #expect(try model.predictOutputs(TwoOutputs.named(0..<9)) == model.predictOutputs(TwoOutputs.data(0..<9)))
    #expect("\(results)".hasPrefix("12 examples, kind_accuracy "))
  }

  @Test func aTrainingGoesOnWithTheSameBits() throws {
    let folder = try TemporaryFolder()
    let model = try TwoOutputs.model()
    let undisturbed = try fit(model, TwoOutputs.data(0..<40), TwoOutputs.data(40..<52))
    let copy = try TwoOutputs.model()
    let checkpoints = Checkpoints(folder.path("run"), every: .steps(1))
    for _ in 0..<9 {
      _ = try fit(
        copy, TwoOutputs.data(0..<40), TwoOutputs.data(40..<52), callbacks: [EndAfter(.pause, batches: 1)],
        checkpoints: checkpoints)
    }
    let resumed = try fit(copy, TwoOutputs.data(0..<40), TwoOutputs.data(40..<52), checkpoints: checkpoints)
    #expect(resumed == undisturbed)
    #expect(copy.state == model.state)
    #expect(throws: CheckpointError.self) {
      try copy.fit(
        TwoOutputs.data(0..<40), validation: TwoOutputs.data(40..<52), epochs: 4, batchSize: 16,
        optimizer: Adam(learningRate: 0.01), losses: losses, lossWeights: ["price": 0.3], metrics: metrics,
        shuffle: false,
        checkpoints: checkpoints, progress: .silent)
    }
  }

  @Test func callbacksFindTheFiguresOfOutputs() throws {
    let stopping = EarlyStopping(monitor: "val_price_loss", patience: 1, minimumChange: 100)
    let history = try fit(
      TwoOutputs.model(), TwoOutputs.data(0..<40), TwoOutputs.data(40..<52), epochs: 5, callbacks: [stopping])
    #expect(history.epochs.count == 2 && history.wasStopped)
    let wrong = EarlyStopping(monitor: "val_size_loss")
    #expect(throws: FitError.self) {
      try fit(TwoOutputs.model(), TwoOutputs.data(0..<40), TwoOutputs.data(40..<52), callbacks: [wrong])
    }
  }

  @Test func whatDoesNotFitIsRefusedByName() throws {
    let (model, data) = (try TwoOutputs.model(), try TwoOutputs.data(0..<40))
    func error(_ body: () throws -> Void) -> String {
      do {
        try body()
        return "none"
      } catch {
        return "\(error)"
      }
    }
    func expect(_ text: String, _ body: () throws -> Void) {
      let found = error(body)
      #expect(found.contains(text), "\(found)")
    }
    expect("the outputs kind, price, and one is expected") {
      try model.fit(data, loss: .meanSquaredError, progress: .silent)
    }
    expect("losses: found kind, expected those of the model, kind, price") {
      try model.fit(data, losses: ["kind": .categoricalCrossEntropy], progress: .silent)
    }
    expect("losses: found kind, cost, expected") {
      try model.fit(
        data, losses: ["kind": .categoricalCrossEntropy, "cost": .meanSquaredError], progress: .silent)
    }
    expect("a loss weight is nan") {
      try model.fit(data, losses: losses, lossWeights: [1, .nan], progress: .silent)
    }
    // As for an adversary, whose loss should grow.
    let weighted = try model.evaluate(data, losses: losses, lossWeights: [1, -2])
    let (kind, price) = (weighted.outputs[0].loss, weighted.outputs[1].loss)
    #expect(abs(weighted.figures.loss - (kind - 2 * price)) < 1e-5 * (kind + 2 * price))
    expect("the output price: the model's output has shape [1, 1], the targets have shape [1, 3]") {
      try model.fit(
        TensorDataset(
          inputs: [TwoOutputs.photos, TwoOutputs.sizes], targets: [TwoOutputs.kinds, TwoOutputs.kinds]),
        losses: losses, progress: .silent)
    }
    expect("inputs: found photo, sizes, expected those of the model, photo, size") {
      let named = try TensorDataset(
        inputs: ["photo": TwoOutputs.photos, "sizes": TwoOutputs.sizes], targets: ["kind": TwoOutputs.kinds])
      try model.fit(named, losses: losses, progress: .silent)
    }
    expect("inputs: found 1 without names") {
      try model.fit(TensorDataset(inputs: TwoOutputs.photos, targets: TwoOutputs.kinds), losses: losses)
    }
    expect("targets: found 1 without names") {
      let one = try TensorDataset(inputs: [TwoOutputs.photos, TwoOutputs.sizes], targets: [TwoOutputs.kinds])
      try model.fit(one, losses: losses, progress: .silent)
    }
    expect("the input size has shape [4], the model takes [3]") {
      let wide = try TensorDataset(
        inputs: [TwoOutputs.photos, hashed(1, [52, 4], 1)], targets: [TwoOutputs.kinds, TwoOutputs.prices])
      try model.fit(wide, losses: losses, progress: .silent)
    }
    expect("dataset: found 3 of input 1, 52 of input 2") {
      _ = try TensorDataset(inputs: [TwoOutputs.photos[0..<3], TwoOutputs.sizes], targets: [TwoOutputs.kinds])
    }
    #expect(throws: FitError.self) { try model.predict(data) }
  }

  /// The meaning of targets and inputs is compared output by output and stays with the model.
  @Test func meaningsAreComparedByOutput() throws {
    let model = try TwoOutputs.model()
    func data(_ classes: [String], _ mean: Float) throws -> CombinedDataset {
      let labels = (0..<40).map { classes[$0 % 3] }
      let prices = try Targets(numbers: (0..<40).map { [Float($0)] }, names: ["price"])
      return try CombinedDataset(
        inputs: [
          "size": TensorDataset(inputs: TwoOutputs.sizes[0..<40], targets: Targets(unknown: 40)),
          "photo": TensorDataset(inputs: TwoOutputs.photos[0..<40], targets: Targets(unknown: 40)),
        ],
        targets: [
          "price": try prices.standardized(
            by: NumberScaling(rows: Tensor(shape: [2, 1], scalars: [mean - 1, mean + 1]))),
          "kind": try Targets(classNames: labels, classes: classes),
        ])
    }
    try model.fit(data(["a", "b", "c"], 20), losses: losses, progress: .silent)
    #expect(model.outputTargets["kind"] == .oneClass(names: ["a", "b", "c"]))
    #expect(model.outputMeanings == ["kind": .probabilities, "price": .values])
    for other in [try data(["a", "b", "d"], 20), try data(["a", "b", "c"], 21)] {
      #expect(throws: FitError.self) { try model.evaluate(other, losses: losses) }
    }
    let swapped: PerOutput<any Loss> = ["kind": .meanSquaredError, "price": .categoricalCrossEntropy]
    #expect(throws: (any Error).self) { try model.fit(data(["a", "b", "c"], 20), losses: swapped, progress: .silent) }
    let results = try model.evaluate(data(["a", "b", "c"], 20), losses: losses)
    let kind = try #require(results["kind"])
    let report = "\(try kind.report())"
    #expect(report.contains("a") && report.contains("c"))
  }
}
