import Autograd
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// A model that cannot be saved says so before it is trained.
@Suite struct SavableTests {
  @Test func aModelThatCanBeSavedPasses() throws {
    let model = try sampleModel()
    for format in [ModelFileFormat.keras, .hdf5Weights, .onnx, .safetensors, .npz] {
      try model.checkSavable(as: format)
    }
    try model.checkSavable(optimizer: Adam(), loss: .categoricalCrossEntropy, metrics: [Accuracy()])
  }

  @Test(arguments: [ModelFileFormat.keras, .hdf5Weights, .onnx])
  func theCheckThrowsWhatSavingThrows(format: ModelFileFormat) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("file")
    let model = try Sequential(input: [2]) {
      Dense(3)
      Own()
    }
    let before = #expect(throws: ModelFileError.self) { try model.checkSavable(as: format, to: path) }
    let after = #expect(throws: ModelFileError.self) {
      switch format {
      case .onnx: try model.exportONNX(to: path)
      case .hdf5Weights: try model.saveWeights(to: path)
      default: try model.save(to: path)
      }
    }
    #expect(before == after && before?.place == "layer \"own\"")
    #expect(throws: Never.self) { try model.checkSavable(as: .safetensors) }
  }

  @Test func theTrainingIsChecked() throws {
    let model = try Sequential(input: [2]) { Dense(3) }
    let error = #expect(throws: ModelFileError.self) {
      try model.checkSavable(optimizer: OwnOptimizer(), loss: .meanSquaredError)
    }
    #expect(error.map { "\($0)" }?.contains("OwnOptimizer") == true)
    #expect(throws: ModelFileError.self) { try model.checkSavable(optimizer: Adam(), loss: OwnLoss()) }
    let cycle = #expect(throws: ModelFileError.self) {
      try model.checkSavable(
        optimizer: Adam(learningRate: .oneCycle(peak: 0.01, steps: 100)), loss: .meanSquaredError)
    }
    #expect(cycle.map { "\($0)" }?.contains("one cycle") == true)
    #expect(throws: Never.self) { try model.checkSavable() }
  }

  @Test func aFormatThatKilimDoesNotWriteIsRefused() throws {
    let model = try Sequential(input: [2]) { Dense(3) }
    #expect(throws: ModelFileError.self) { try model.checkSavable(as: .hdf5Model) }
  }
}

private final class Own: Layer {
  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x }
}

private final class OwnOptimizer: Optimizer {
  var learningRate: LearningRateSchedule = 1e-3
  var state = OptimizerState()
  let slotNames: [String] = []

  func updateElements(_ range: Range<Int>, in step: ParameterStep) {}
}

private struct OwnLoss: Loss {
  func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> { predicted.sum([1]) }
  func check(predicted: Shape, expected: Tensor<Float>) throws {}
}
