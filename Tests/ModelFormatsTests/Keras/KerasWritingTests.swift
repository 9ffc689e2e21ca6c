import Autograd
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

@Suite struct KerasWritingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: Sample.allCases)
  func aModelComesBackAsItWas(sample: Sample) throws {
    let model = try sample.model()
    try model.save(to: folder.path("model.keras"))
    let same = try Sequential(contentsOf: folder.path("model.keras"))
    #expect(same.metadata == model.metadata)
    #expect(same.inputShape == model.inputShape)
    let x = sampleInputs(for: model)
    #expect(same(x) == model(x))
    #expect(try folder.entries() == ["model.keras"])
  }

  @Test func theOptionsForTrainingComeBack() throws {
    try sampleModel().save(to: folder.path("model.keras"))
    let same = try Sequential(contentsOf: folder.path("model.keras"))
    #expect((same.layers[0] as? Conv2D)?.kernelRegularizer == .l2(0.01))
    #expect((same.layers[2] as? Dropout)?.rate == 0.2)
    #expect((same.layers[7] as? BatchNorm)?.momentum == 0.9)
  }

  @Test func theTrainingComesBack() throws {
    let model = try sampleModel()
    let x = sampleInputs(for: model)
    let optimizer = RMSprop(
      learningRate: .cosine(from: 0.1, steps: 9, alpha: 0.1, warmUpFrom: 0.01, warmUpSteps: 2), rho: 0.8,
      momentum: 0.5, centered: true, weightDecay: 0.01, clipping: .globalNorm(2))
    let loss = BinaryCrossEntropy(fromLogits: true, labelSmoothing: 0.2)
    optimizer.update(model.parameters, with: loss(model(Variable(x), Context(.training)), model(x)).gradients())
    try model.save(
      to: folder.path("model.keras"), optimizer: optimizer, loss: loss, metrics: [Accuracy(), TopKAccuracy(k: 2)])

    let file = try KerasFile(contentsOf: folder.path("model.keras"))
    let same = try #require(file.training?.optimizer as? RMSprop)
    #expect(same.learningRate == optimizer.learningRate && same.clipping == optimizer.clipping)
    #expect(same.rho == 0.8 && same.momentum == 0.5 && same.centered && same.weightDecay == 0.01)
    #expect(same.stepCount == 1)
    #expect(same.slots(of: file.model.parameters) == optimizer.slots(of: model.parameters))
    let sameLoss = try #require(file.training?.loss as? BinaryCrossEntropy)
    #expect(sameLoss.fromLogits && sameLoss.labelSmoothing == 0.2)
    #expect(file.training?.metrics.map(\.name) == ["accuracy", "top_2_accuracy"])
    #expect(try KerasFile(contentsOf: folder.path("model.keras")).model.state == model.state)
  }

  @Test func anOptimizerThatKerasLacksIsRefusedByName() throws {
    let error = #expect(throws: ModelFileError.self) {
      try sampleModel().save(to: folder.path("model.keras"), optimizer: SignDescent(), loss: .meanSquaredError)
    }
    #expect(error.map { "\($0)" }?.contains("SignDescent") == true)
    #expect(try folder.entries() == [])
  }

  @Test func theSameModelGivesTheSameBytes() throws {
    #expect(try kerasBytes(of: sampleModel()) == kerasBytes(of: sampleModel()))
  }

  @Test func aFolderThatIsMissingIsReported() throws {
    let error = #expect(throws: FileError.self) { try sampleModel().save(to: folder.path("no/model.keras")) }
    #expect(error?.reason == .missingFolder(folder.path("no") + "/"))
  }

  @Test(arguments: ["scale", "conv2d_1", "dense", "max_pool2d"])
  func whatKerasLacksIsRefusedByName(place: String) throws {
    let layers: [any Layer] =
      switch place {
      case "scale": [Scale()]
      case "conv2d_1": [Conv2D(2, kernelSize: 1), Conv2D(2, kernelSize: 2, stride: 2, dilation: 2)]
      case "dense": [Flatten(), Dense(2, activation: .leakyReLU(slope: 0.3))]
      default: [MaxPool2D(2, padding: .explicit(top: 0, bottom: 1, left: 0, right: 1))]
      }
    let model = try Sequential(input: [2, 8, 8], layers: layers)
    let error = #expect(throws: ModelFileError.self) { try model.save(to: folder.path("model.keras")) }
    #expect(error?.place == "layer \"\(place)\"")
    #expect(try folder.entries() == [])
  }

  @Test func aFlattenedImageAsOutputIsRefused() throws {
    let model = try Sequential(input: [2, 8, 8]) {
      Flatten()
      Dropout(0.5)
    }
    let error = #expect(throws: ModelFileError.self) { try model.save(to: folder.path("model.keras")) }
    #expect(error?.place == "layer \"flatten\"")
  }

  @Test func aModelThatWasNotBuiltIsRefused() {
    let error = #expect(throws: ModelFileError.self) {
      try Sequential { Dense(2) }.save(to: folder.path("model.keras"))
    }
    #expect(error?.place == "model")
  }

  @Test func theKeysOfVariablesAreKeras() throws {
    let bytes = try kerasBytes(of: sampleModel())
    let weights = try ZipReader(bytes: bytes, path: "x").contents(of: "model.weights.h5", limit: 1 << 20)
    try withHDF5 {
      let file = try HDF5Reader(bytes: weights, path: "x")
      #expect(try file.children(of: "/") == ["layers", "vars"])
      #expect(
        try file.children(of: "layers") == [
          "batch_normalization", "batch_normalization_1", "conv2d", "conv2d_1", "dense", "dense_1", "dropout",
          "flatten", "leaky_re_lu", "max_pooling2d",
        ])
    }
  }
}

/// An optimizer of a user's own.
private final class SignDescent: Optimizer {
  var learningRate: LearningRateSchedule = 1e-3
  var state = OptimizerState()
  let slotNames: [String] = []

  func updateElements(_ range: Range<Int>, in step: ParameterStep) {}
}

/// A layer of a user's own.
private final class Scale: Layer {
  let factor = Parameter()

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    factor.value = Tensor(ones: inputShape)
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }
}

/// `RandomCrop`, of which versions of Keras predict different things.
@Suite struct KerasRandomCropTests {
  private func model() throws -> Model {
    try Sequential(input: [2, 6, 8], seed: 1) {
      RandomCrop(4)
      Conv2D(3, kernelSize: 3)
    }
  }

  @Test func aCropComesBack() throws {
    let model = try model()
    let same = try Model(keras: kerasBytes(of: model), path: "model.keras")
    let x = sampleInputs(for: model)
    #expect(same(x) == model(x) && same.outputShape == [3, 2, 2])
    let trained = [model, same].map { $0(Variable(x), Context(.training, seed: 4)).value }
    #expect(trained[0] == trained[1] && trained[0] != model(x))
  }

  /// Keras 3.4 and later describe the type of numbers by an object.
  @Test func aCropOfLaterVersionsIsReadForTrainingAlone() throws {
    let bytes = try changing("config.json", of: kerasBytes(of: model())) {
      let type = #""height":4,"dtype":{"module":"keras","class_name":"DTypePolicy","config":{"name":"float32"}},"#
      #expect($0.contains(#""height":4,"#))
      return $0.replacing(#""height":4,"#, with: type)
    }
    let error = #expect(throws: ModelFileError.self) { try Model(keras: bytes, path: "model.keras") }
    #expect(error.map { "\($0)".contains("which this version of Keras leaves out of predictions") } == true)
    #expect(try KerasFile(bytes: bytes, path: "model.keras").model.outputShape == [3, 2, 2])
  }
}
