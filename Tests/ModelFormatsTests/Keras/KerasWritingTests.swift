import Autograd
import ModelFormats
import NN
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
    #expect((same.layers[0] as? Conv2D)?.l2 == 0.01)
    #expect((same.layers[2] as? Dropout)?.rate == 0.2)
    #expect((same.layers[7] as? BatchNorm)?.momentum == 0.9)
  }

  @Test func theSameModelGivesTheSameBytes() throws {
    #expect(try sampleModel().kerasBytes(for: "x") == sampleModel().kerasBytes(for: "x"))
  }

  @Test func aFolderThatIsMissingIsReported() throws {
    let error = #expect(throws: FileError.self) { try sampleModel().save(to: folder.path("no/model.keras")) }
    #expect(error?.reason == .missingFolder(folder.path("no") + "/"))
  }

  @Test(arguments: ["scale", "residual", "conv2d", "conv2d_1", "dense", "max_pool2d"])
  func whatKerasLacksIsRefusedByName(place: String) throws {
    let layers: [any Layer] =
      switch place {
      case "scale": [Scale()]
      case "residual": [Residual { Conv2D(2, kernelSize: 3, padding: .same) }]
      case "conv2d": [Conv2D(2, kernelSize: 3, padding: .explicit(top: 1, bottom: 1, left: 1, right: 1))]
      case "conv2d_1": [Conv2D(2, kernelSize: 1), Conv2D(2, kernelSize: 2, stride: 2, dilation: 2)]
      case "dense": [Flatten(), Dense(2, activation: .leakyReLU(slope: 0.2))]
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
    let bytes = try sampleModel().kerasBytes(for: "x")
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

/// A layer of a user's own.
private final class Scale: Layer {
  let factor = Parameter()

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    factor.value = Tensor(ones: inputShape)
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }
}
