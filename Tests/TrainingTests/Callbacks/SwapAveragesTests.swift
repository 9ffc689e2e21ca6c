import Autograd
import Data
import NN
import Optim
import Tensor
import Testing
import Training

/// Validation with the running averages of the weights.
@Suite struct SwapAveragesTests {
  @Test func figuresAreThoseOfKeras() throws {
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
      data(0..<16), validation: data(16..<24), epochs: 3, batchSize: 4,
      optimizer: SGD(learningRate: 0.1, average: WeightAverage(momentum: 0.9)), loss: .meanSquaredError,
      shuffle: false, callbacks: [SwapAverages()], progress: .silent)
    // Twelve steps of a few operations on numbers of some units.
    for (name, expected) in [("loss", fixture.loss), ("val_loss", fixture.valLoss)] {
      for (a, b) in zip(history[name], expected) { #expect(abs(a - b) < 2e-5 * b, "\(name): \(history[name])") }
    }
    for (a, b) in zip(layer.weight.value.scalars, fixture.final[0]) { #expect(abs(a - b) < 1e-5) }
  }

  @Test func theTrainingGoesOnWithItsOwnWeights() throws {
    func losses(_ callbacks: [any Callback]) throws -> [Double] {
      try Toy.model().fit(
        Toy.data(), validation: Toy.data(16), epochs: 3, batchSize: 16,
        optimizer: Adam(average: WeightAverage(momentum: 0.9)), loss: .categoricalCrossEntropy, callbacks: callbacks,
        progress: .silent)["loss"]
    }
    #expect(try losses([SwapAverages()]) == losses([]))
  }

  @Test func weightsComeBackAfterAnError() throws {
    struct Trouble: Error {}
    let model = try Toy.model()
    var before: [Float] = []
    let failing = ClosureCallback(validationBegan: { _ in throw Trouble() })
    let watch = ClosureCallback(validationBegan: { _ in before = model.parameters[0].value.scalars })
    #expect(throws: Trouble.self) {
      try model.fit(
        Toy.data(), validation: Toy.data(16), batchSize: 8,
        optimizer: Adam(learningRate: 0.1, average: WeightAverage()), loss: .categoricalCrossEntropy,
        callbacks: [watch, SwapAverages(), failing], progress: .silent)
    }
    #expect(model.parameters[0].value.scalars == before)
  }

  @Test func anOptimizerWithoutAveragesIsAnError() throws {
    #expect(throws: FitError.self) {
      try Toy.model().fit(
        Toy.data(), loss: .categoricalCrossEntropy, callbacks: [SwapAverages()], progress: .silent)
    }
  }
}
