import Autograd
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// The training of models with several outputs, in files of Keras and for Keras.
@Suite struct KerasOutputsTests {
  private func model() throws -> Model {
    let x = Input([4])
    let hidden = Dense(6, activation: .tanh)(x)
    let outputs = [Dense(3, activation: .softmax)(hidden, name: "kind"), Dense(1)(hidden, name: "price")]
    let model = try Model(inputs: [x], outputs: outputs)
    try model.reset(seed: 3)
    return model
  }

  private let x: Tensor<Float> = sample([5, 4])
  private let targets = [Tensor(oneHot: Tensor([0, 2, 1, 1, 0]), classCount: 3), sample([5, 1], seed: 2)]

  /// Trains three steps; returns the first loss.
  private func train(_ model: Model, _ training: KerasTraining) throws -> Float {
    let names = model.outputNames
    let losses = try #require(training.losses.values(of: names)).map { try #require($0) }
    let weights = training.lossWeights?.values(of: names) ?? [nil, nil]
    let values = (0..<3).map { _ in
      let outputs = model.outputs(of: [Variable(x)], Context(.training))
      let loss =
        losses[0](outputs[0], targets[0]) * (weights[0] ?? 1) + losses[1](outputs[1], targets[1]) * (weights[1] ?? 1)
      training.optimizer.update(model.parameters, with: loss.gradients())
      return loss.value.scalar
    }
    return values[0]
  }

  @Test func kerasAndKilimTrainAlike() throws {
    guard PythonEnvironment.hasKeras("newest") else {
      print("Keras is left out: \(PythonEnvironment.absence)")
      return
    }
    let folder = try TemporaryFolder()
    let model = try model()
    let own = KerasTraining(
      optimizer: Adam(learningRate: 0.01), losses: ["price": .huber(delta: 0.5), "kind": .categoricalCrossEntropy],
      lossWeights: ["price": 0.3], metrics: ["kind": [Accuracy()]])
    _ = try train(model, own)
    let path = folder.path("written.keras")
    try model.save(
      to: path, optimizer: own.optimizer, losses: own.losses, lossWeights: own.lossWeights,
      metrics: own.metricsOfOutputs)
    for (name, tensor) in [("x", x), ("kind", targets[0]), ("price", targets[1])] {
      try tensor.writeNPY(to: folder.path("\(name).npy"))
    }
    let (succeeded, output) = try PythonEnvironment.run(fixturePath("check_outputs.py"), [folder.url.path])
    try #require(succeeded, "\(output)")
    for name in ["written", "list", "weights", "names"] {
      let file = try KerasFile(contentsOf: folder.path("\(name).keras"))
      let loss = try train(file.model, try #require(file.training, "\(name)"))
      let expected = try Tensor<Float>(npyFile: folder.path("\(name).loss.npy")).scalars
      #expect(abs(loss - expected[0]) <= 1e-5 * max(expected[0], 1), "\(name)")
      for (output, values) in zip(["kind", "price"], file.model.outputs(of: [x])) {
        let difference = deviation(values, from: try Tensor(npyFile: folder.path("\(name).\(output).npy")))
        #expect(difference <= 1e-5, "\(name) \(output)")
      }
    }
    let named = try #require(try KerasFile(contentsOf: folder.path("names.keras")).training)
    #expect(
      named.metricsOfOutputs.values(of: ["kind", "price"])?.map { $0?.map(\.name) } == [
        ["accuracy"], ["mean_absolute_error"],
      ])
    #expect(named.otherMetrics == ["MeanIoU"])
  }

  @Test func whatIsReadIsWrittenAgain() throws {
    let model = try model()
    let training = KerasTraining(
      optimizer: SGD(), losses: [.categoricalCrossEntropy, .meanSquaredError], lossWeights: [1, 0.25],
      metrics: [[Accuracy()], []])
    let bytes = try KerasFile(model: model, training: training).bytes(for: "model.keras")
    let file = try KerasFile(bytes: bytes, path: "model.keras")
    #expect(try file.bytes(for: "model.keras") == bytes)
    let config = try #require(try kerasConfig(bytes)["compile_config"])
    #expect(config["loss"] == ["categorical_crossentropy", "mean_squared_error"])
    #expect(config["loss_weights"] == [.number(1), .number(0.25)])
    #expect(config["metrics"] == [["accuracy"], []])
  }

  @Test(arguments: [
    (#""loss":["categorical_crossentropy","mean_squared_error"]"#, #""loss": "mean_squared_error""#, "the losses"),
    (#""loss":["categorical_crossentropy","mean_squared_error"]"#, #""loss": ["mean_squared_error"]"#, "the losses"),
    (#""loss":["categorical_crossentropy","mean_squared_error"]"#, #""loss": ["mean_squared_error", null]"#, "a loss"),
    (
      #""loss":["categorical_crossentropy","mean_squared_error"]"#, #""loss": {"kind": "mse","size": "mse"}"#,
      "the losses"
    ),
    (#""loss_weights":[1.0,0.25]"#, #""loss_weights": [1, -1]"#, "the loss weight -1"),
    (#""loss_weights":[1.0,0.25]"#, #""loss_weights": 2"#, "the loss weights 2"),
    (#""metrics":[["accuracy"],[]]"#, #""metrics": ["mae","mse","mae"]"#, "the metrics"),
  ]) func otherNumbersOfPartsAreRefused(part: String, replacement: String, found: String) throws {
    let training = KerasTraining(
      optimizer: SGD(), losses: [.categoricalCrossEntropy, .meanSquaredError], lossWeights: [1, 0.25],
      metrics: [[Accuracy()], []])
    let bytes = try KerasFile(model: try model(), training: training).bytes(for: "model.keras")
    let changed = try changingKeras(bytes, part, replacement)
    let error = #expect(throws: ModelFileError.self) { try KerasFile(bytes: changed, path: "model.keras") }
    #expect("\(error.map { "\($0)" } ?? "")".contains(found), "\(error.map { "\($0)" } ?? "")")
  }

  @Test func theOnlyLossAndItsMetricsAreChanged() {
    var training = KerasTraining(optimizer: SGD(), loss: .meanSquaredError)
    #expect(training.metrics.map(\.name) == ["accuracy"])
    training.loss = .categoricalCrossEntropy
    training.metrics = [TopKAccuracy(k: 2)]
    #expect(training.losses.first is CategoricalCrossEntropy)
    #expect(training.metricsOfOutputs.first?.map(\.name) == ["top_2_accuracy"])
  }

  @Test func lossesOfOtherOutputsAreRefusedBeforeWriting() throws {
    let model = try model()
    for losses: PerOutput<any Loss> in [[.meanSquaredError], ["kind": .meanSquaredError], ["size": .meanSquaredError]] {
      let error = #expect(throws: ModelFileError.self) { try model.checkSavable(optimizer: SGD(), losses: losses) }
      #expect("\(error.map { "\($0)" } ?? "")".contains("loss"))
    }
    let single = try Sequential(input: [4]) { Dense(3) }
    try single.checkSavable(optimizer: SGD(), losses: [.meanSquaredError])
  }
}
