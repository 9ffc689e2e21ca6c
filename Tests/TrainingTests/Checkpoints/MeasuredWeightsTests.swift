import Data
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// A checkpoint gives a model the weights that the figures of its epoch were measured with.
@Suite struct MeasuredWeightsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The loss falls, and the epoch with the largest one is kept as the best: the first one.
  private func fit(_ model: Sequential, _ callbacks: [any Callback], epochs: Int = 3) throws -> [Double] {
    let losses = try model.fit(
      Toy.data(), validation: Toy.data(32, stream: 2), epochs: epochs, batchSize: 16,
      optimizer: Adam(learningRate: 0.02, average: WeightAverage(momentum: 0.9)), loss: .categoricalCrossEntropy,
      callbacks: callbacks, checkpoints: Checkpoints(folder.path("run"), mode: .max), progress: .silent)["val_loss"]
    try #require(losses.dropFirst().allSatisfy { $0 < losses[0] })
    return losses
  }

  private func loss(_ model: Sequential) throws -> Double {
    try model.evaluate(Toy.data(32, stream: 2), batchSize: 16, loss: .categoricalCrossEntropy).figures.loss
  }

  @Test(arguments: [false, true]) func theFigureIsThatOfTheLoadedWeights(swapping: Bool) throws {
    let losses = try fit(Toy.model(), swapping ? [SwapAverages()] : [])
    let model = try Toy.model()
    try model.load(checkpoint: folder.path("run"))
    #expect(try loss(model) == losses[0])
    try model.load(checkpoint: folder.path("run"), choosing: .newest)
    #expect(try loss(model) == losses.last)
  }

  @Test(arguments: [false, true]) func theFigureIsThatOfTheRestoredWeights(isFirst: Bool) throws {
    let model = try Toy.model()
    let stopping = EarlyStopping(mode: .max, patience: 9, restoringBestOf: model)
    let losses = try fit(model, isFirst ? [stopping, SwapAverages()] : [SwapAverages(), stopping])
    #expect(try loss(model) == losses[0])
  }

  /// `ModelCheckpoint` behind `SwapEMAWeights`.
  @Test func theBestAveragesAreThoseOfKeras() throws {
    let fixture = try CallbackFixture.load().averages
    func tensor(_ rows: ArraySlice<[Float]>) -> Tensor<Float> {
      Tensor(shape: [rows.count, rows.first?.count ?? 0], scalars: rows.flatMap(\.self))
    }
    func data(_ range: Range<Int>) throws -> TensorDataset {
      try TensorDataset(inputs: tensor(fixture.inputs[range]), targets: tensor(fixture.targets[range]))
    }
    let layer = Dense(1)
    let model = try Sequential(input: [4]) { layer }
    layer.weight.value = tensor(fixture.weight[...])
    layer.bias?.value = Tensor(fixture.bias)
    let history = try model.fit(
      data(0..<16), validation: data(16..<24), epochs: fixture.best.valLoss.count, batchSize: 4,
      optimizer: SGD(learningRate: 0.1, average: WeightAverage(momentum: 0.9)), loss: .meanSquaredError,
      shuffle: false, callbacks: [SwapAverages()], checkpoints: Checkpoints(folder.path("run"), mode: .max),
      progress: .silent)
    try model.load(checkpoint: folder.path("run"))
    // Sixteen steps of a few operations on numbers of some units.
    for (a, b) in zip(history["val_loss"], fixture.best.valLoss) { #expect(abs(a - b) < 2e-5 * b) }
    for (a, b) in zip(layer.weight.value.scalars, fixture.best.weights[0]) { #expect(abs(a - b) < 1e-5) }
    for (a, b) in zip(layer.bias?.value.scalars ?? [], fixture.best.weights[1]) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func aTrainingWithAveragesGoesOnWithThem() throws {
    _ = try fit(Toy.model(), [SwapAverages()])
    let error = #expect(throws: CheckpointError.self) { try fit(Toy.model(), [], epochs: 4) }
    #expect("\(try #require(error))".contains("SwapAverages has a state"))
    _ = try fit(Toy.model(), [SwapAverages()], epochs: 4)
  }

  /// It was learned with other weights.
  @Test func theConfidenceOfTheModelIsRemoved() throws {
    _ = try fit(Toy.model(), [])
    let model = try Toy.model()
    model.metadata = ["confidence": "{}", "note": "mine"]
    try model.load(checkpoint: folder.path("run"))
    #expect(model.metadata["confidence"] == nil && model.metadata["note"] == "mine")
  }
}
