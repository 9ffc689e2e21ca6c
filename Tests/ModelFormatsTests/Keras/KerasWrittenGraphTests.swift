import Autograd
import Foundation
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Graphs that were made here, written and read again.
@Suite struct KerasWrittenGraphTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Two inputs and outputs, a model inside that is called twice, a layer that is called at two depths, and a padding that
  /// Keras needs as a layer of its own.
  private func graph() throws -> Model {
    let (left, right) = (Input([3, 8, 8], name: "left"), Input([3, 8, 8], name: "right"))
    let x = Input([3, 8, 8])
    let padded = Conv2D(3, kernelSize: 3, padding: .explicit(top: 2, bottom: 0, left: 1, right: 1), activation: .tanh)
    let tower = try Model(input: x, output: BatchNorm()(padded(x) + padded(padded(x))), seed: 2)
    let (a, b) = (tower(left, name: "tower"), tower(right))
    let joined = concatenate([Flatten()(a), Flatten()(b), Dense(4)(GlobalAveragePool2D()(left))])
    let features = Dense(6, activation: .relu)(joined)
    return try Model(
      inputs: [left, right],
      outputs: [Dense(2).callAsFunction(features, name: "second"), Sequential { Dense(3) }(features), a], seed: 5)
  }

  @Test func aGraphComesBackAsItWas() throws {
    let model = try graph()
    model.metadata = ["classes": "cat\ndog"]
    try model.save(to: folder.path("model.keras"))
    let same = try Model(contentsOf: folder.path("model.keras"))
    #expect(same.metadata == model.metadata)
    #expect(same.inputNames == ["left", "right"] && same.outputShapes == model.outputShapes)
    var generator = RandomGenerator(seed: 1)
    let inputs = [3, 3].map { Tensor<Float>(uniform: [$0, 3, 8, 8], in: -1..<1, using: &generator) }
    #expect(same.outputs(of: inputs) == model.outputs(of: inputs))
    #expect(same.parameterCount == model.parameterCount)
    #expect(try same.layer("tower") is Model)
    // And once more, as it was read.
    try same.save(to: folder.path("again.keras"))
    let third = try Model(contentsOf: folder.path("again.keras"))
    #expect(third.outputs(of: inputs) == model.outputs(of: inputs))
    #expect(third.summary() == same.summary())
  }

  /// A list of the layers does not say that one of them is called twice.
  @Test func aChainThatCallsALayerTwiceComesBack() throws {
    let (activation, dense) = (ActivationLayer(.relu), Dense(4))
    let inner = try Sequential(input: [4]) { Dense(4, activation: .tanh) }
    let x = Input([4])
    let chains: [(SymbolicValue, calls: Int)] = [
      (activation(Dense(3)(activation(Dense(3)(x)))), 4), (dense(dense(x)), 2), (inner(inner(inner(x))), 3),
    ]
    for (output, calls) in chains {
      let model = try Model(input: x, output: output, seed: 4)
      #expect(!model.graph.isChain)
      let same = try Model(keras: kerasBytes(of: model), path: "model.keras")
      let sample = sampleInputs(for: model)
      #expect(same(sample) == model(sample) && same.graph.calls.count == calls)
    }
  }

  @Test func oneLossForSeveralOutputsIsRefused() throws {
    let written = #expect(throws: ModelFileError.self) {
      try graph().save(to: folder.path("model.keras"), optimizer: SGD(), loss: .meanSquaredError, metrics: [])
    }
    #expect(written.map { "\($0)".contains("losses for the outputs") } == true)
    for loss in [#""mse""#, #"["mse","mae"]"#, #"{"second":"mse"}"#] {
      let bytes = try changing("config.json", of: kerasBytes(of: graph())) {
        "{\"compile_config\":{\"optimizer\":\"adam\",\"loss\":\(loss)}," + $0.dropFirst()
      }
      #expect(throws: ModelFileError.self) { try KerasFile(bytes: bytes, path: "model.keras") }
      // The model alone is read.
      #expect(try Model(keras: bytes, path: "model.keras").outputCount == 3)
    }
  }

  /// Keras calls the layer with a query and a value, which a `Sequential` of Keras cannot.
  @Test func anAttentionInAChainComesBack() throws {
    let model = try Sequential(input: [5, 4], seed: 3) {
      MultiHeadAttention(heads: 2, keyFeatures: 3, kernelRegularizer: .l2(0.1), activityRegularizer: .l1(0.2))
      MultiHeadAttention(heads: 1, keyFeatures: 2, useGate: true, isCausal: true)
      GlobalAveragePool1D()
      Dense(2)
    }
    let optimizer = Adam()
    let x = sampleInputs(for: model)
    let context = Context(.training)
    let output = model(Variable(x), context).squared().sum()
    optimizer.update(model.parameters, with: (try #require(model.penalty(context)) + output).gradients())
    try model.save(to: folder.path("model.keras"), optimizer: optimizer, loss: .meanSquaredError, metrics: [])
    let file = try KerasFile(contentsOf: folder.path("model.keras"))
    #expect(file.model(x) == model(x) && file.training?.optimizer.stepCount == 1)
    let same = Context(.training, seed: 1)
    _ = file.model(Variable(x), same)
    let again = Context(.training, seed: 1)
    _ = model(Variable(x), again)
    #expect(file.model.penalty(same)?.value == model.penalty(again)?.value)
  }

  @Test func aCheckpointOfAGraphIsLoaded() throws {
    let (model, other) = (try graph(), try graph())
    for parameter in other.parameters { parameter.value = parameter.value * 2 }
    try other.saveWeights(to: folder.path("x.weights.h5"))
    try model.loadWeights(from: folder.path("x.weights.h5"))
    #expect(model.state == other.state)
  }

  @Test func whatIsFrozenStaysFrozen() throws {
    let model = try Sequential(input: [3, 6, 6]) {
      Sequential {
        Conv2D(2, kernelSize: 3)
        BatchNorm()
      }.named("backbone")
      BatchNorm()
      Flatten()
      Dense(2)
      Dense(2)
    }
    try model.layer("backbone").isTrainable = false
    model.layers[3].isTrainable = false
    try model.save(to: folder.path("model.keras"))
    let same = try Sequential(contentsOf: folder.path("model.keras"))
    #expect(try !same.layer("backbone").isTrainable)
    #expect(same.layers.map(\.isTrainable) == model.layers.map(\.isTrainable))
    #expect(same.namedParameters.map(\.parameter.isTrainable) == model.namedParameters.map(\.parameter.isTrainable))
    // An optimizer of Keras keeps slots for what is trained alone.
    let optimizer = Adam()
    let x = sampleInputs(for: model)
    let loss = MeanSquaredError()
    optimizer.update(
      model.parameters, with: loss(model(Variable(x), Context(.training)), Tensor(zeros: [3, 2])).gradients())
    try model.save(to: folder.path("trained.keras"), optimizer: optimizer, loss: loss, metrics: [])
    #expect(try KerasFile(contentsOf: folder.path("trained.keras")).training?.optimizer.stepCount == 1)
  }

  @Test func aCallForInferenceIsReadAgain() throws {
    let x = Input([4])
    let normalized = BatchNorm()(x, training: false)
    let model = try Model(input: x, output: Dense(2)(normalized))
    try model.save(to: folder.path("model.keras"))
    let same = try Model(contentsOf: folder.path("model.keras"))
    let batch = Tensor<Float>(ones: [3, 4]) * 5
    _ = same(Variable(batch), Context(.training))
    #expect(same.namedBuffers.map(\.buffer.value) == model.namedBuffers.map(\.buffer.value))
    #expect(throws: ModelFileError.self) { try model.checkSavable(optimizer: Adam(), loss: .meanSquaredError) }
    let dropping = try Model(input: x, output: Dropout(0.5)(Dense(2)(x), training: true))
    let error = #expect(throws: ModelFileError.self) { try dropping.checkSavable() }
    #expect(error?.place == #"layer "dropout""#)
  }

  @Test func featuresInDifferentOrdersAreNotMerged() throws {
    let (a, b) = (Input([2, 3, 4]), Input([24]))
    let sum = try Model(inputs: [a, b], outputs: [Dense(2)(Flatten()(a) + b)])
    let error = #expect(throws: ModelFileError.self) { try sum.save(to: folder.path("x.keras")) }
    #expect(error?.place == #"layer "add""#)
    let same = Flatten()
    let fine = try Model(inputs: [a], outputs: [Dense(2)(same(a) + ActivationLayer(.relu)(same(a)))])
    #expect(throws: Never.self) { try fine.checkSavable() }
  }

  @Test func aLayerInTwoModelsIsRefused() throws {
    let dense = Dense(4)
    let x = Input([4])
    let part = try Sequential(input: [4]) { dense }
    let model = try Model(input: x, output: dense(part(x)))
    let error = #expect(throws: ModelFileError.self) { try model.save(to: folder.path("x.keras")) }
    #expect(error?.place == #"layer "dense""#)
  }

  @Test func aLayerTwiceInAChainIsRefused() throws {
    let dense = Dense(4)
    let model = try Sequential(input: [4]) {
      dense
      ReLU()
      dense
    }
    let error = #expect(throws: ModelFileError.self) { try model.save(to: folder.path("x.keras")) }
    #expect(error?.place == #"layer "dense_1""#)
    #expect(error.map { "\($0)" }?.contains(#"the layer "dense" once more in a chain"#) == true)
  }

  /// Keras and onnxruntime decide by the name what to read.
  @Test(arguments: ["x.h5", "x.weights.h5", "x.HDF5", "x.onnx", "x.safetensors", "x.pt"])
  func aNameOfAnotherFormatIsRefused(name: String) throws {
    let error = #expect(throws: ModelFileError.self) { try graph().save(to: folder.path(name)) }
    #expect(error?.place == "the name of the file" && error.map { "\($0)" }?.contains(".keras") == true)
    #expect(!FileManager.default.fileExists(atPath: folder.path(name)))
  }

  @Test func aChainReaderNamesTheReaderOfGraphs() throws {
    try graph().save(to: folder.path("model.keras"))
    let error = #expect(throws: ModelFileError.self) { try Sequential(contentsOf: folder.path("model.keras")) }
    #expect(error.map { "\($0)" }?.contains("Model(contentsOf:)") == true)
  }
}
