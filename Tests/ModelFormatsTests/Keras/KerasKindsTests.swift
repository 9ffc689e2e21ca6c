import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Forms in which Keras, its older versions and other systems write the same things; see `make_keras_kinds.py` and
/// `make_tf_keras.py`.
@Suite struct KerasKindsTests {
  static let kinds = [
    "older.h5", "axis.keras", "plane.keras", "plane_reshaped.keras", "reshaped.keras", "augmented.keras",
    "activations.keras", "dense_on_image.keras", "mapped.keras", "functional.keras", "windows.keras",
    "keras_2_12.keras", "images.keras", "sequences.keras", "cells.keras", "tf_graph.h5",
  ]

  @Test(arguments: kinds)
  func predictionsAreThoseOfKeras(file: String) throws {
    let model = try Model(contentsOf: fixturePath("Keras/kinds/\(file)"))
    try expectPredictions(of: model, file)
  }

  @Test(arguments: kinds)
  func aModelIsTheSameAfterItIsWrittenAgain(file: String) throws {
    let model = try Model(contentsOf: fixturePath("Keras/kinds/\(file)"))
    model.metadata = ["classes": "cat\ndog"]
    let same = try Model(keras: kerasBytes(of: model), path: "model.keras")
    #expect(same.inputShape == model.inputShape)
    #expect(same.metadata == model.metadata)
    try expectPredictions(of: same, file)
  }

  @Test func weightsOfAModelWhoseLayersBecameOthersAreLoaded() throws {
    let model = try Sequential(contentsOf: fixturePath("Keras/kinds/mapped.keras"))
    try model.loadWeights(from: fixturePath("Keras/kinds/mapped.weights.h5"))
    try expectPredictions(of: model, "mapped_weights.keras")
    // What Kilim writes for the layers that it has in their place fits as well.
    let folder = try TemporaryFolder()
    let other = try Sequential(contentsOf: fixturePath("Keras/kinds/mapped.keras"))
    try model.saveWeights(to: folder.path("own.weights.h5"))
    try other.loadWeights(from: folder.path("own.weights.h5"))
    #expect(other.state == model.state)
  }

  @Test func weightsOfAnotherModelAreRefused() throws {
    let model = try Sequential(contentsOf: fixturePath("Keras/kinds/axis.keras"))
    let before = model.state
    #expect(throws: ModelFileError.self) {
      try model.loadWeights(from: fixturePath("Keras/kinds/mapped.weights.h5"))
    }
    #expect(model.state == before)
  }

  @Test func theNamesOfKerasAreWrittenAgain() throws {
    let model = try Sequential(contentsOf: fixturePath("Keras/kinds/mapped.keras"))
    let layers = try #require(kerasConfig(kerasBytes(of: model))["config"]?["layers"]?.elements)
    let names = layers.compactMap { $0["config"]?["name"]?.text }
    #expect(names.contains("stem") && names.contains("head"))
    #expect(Set(names).count == names.count)
  }

  @Test func whatActsDifferentlyInTrainingIsRefusedForTraining() throws {
    let path = fixturePath("Keras/kinds/augmented.keras")
    _ = try KerasFile(contentsOf: path)
    let word = "RandomHue"
    let bytes = try changingKeras(
      "Keras/kinds/augmented.keras", #""class_name": "RandomFlip""#, #""class_name": "RandomHue""#)
    let error = #expect(throws: ModelFileError.self) { try KerasFile(bytes: bytes, path: path) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(word), "\(text)")
    // With the state of a training that Kilim did without it, the file would not say the truth.
    let model = try Model(keras: bytes, path: path)
    let refusal = #expect(throws: ModelFileError.self) {
      try model.checkSavable(optimizer: Adam(), loss: .categoricalCrossEntropy)
    }
    #expect(refusal.map { "\($0)" }?.contains(word) == true)
  }

  /// Keras 3 passes over it, and writes it for every Dropout.
  @Test func aCallForInferenceOfKeras3MeansNothing() throws {
    let file = try KerasFile(contentsOf: fixturePath("Keras/kinds/functional.keras"))
    let config = try kerasConfig(file.bytes(for: "model.keras"))
    #expect(config["class_name"] == "Sequential")
  }

  @Test(arguments: [
    "[null, 2147483647]", "[null, 2147483647, 2147483647]", "[null, 2147483647, 2147483647, 2147483647]",
  ])
  func anInputThatIsTooLargeIsReported(shape: String) throws {
    let bytes = try changingKeras(
      "Keras/kinds/reshaped.keras", #""batch_shape": [null, 24]"#, "\"batch_shape\": \(shape)")
    let error = #expect(throws: ModelFileError.self) { try Sequential(keras: bytes, path: "model.keras") }
    #expect(error?.place == #"layer "reshape_1""#)
  }

  @Test func anImageWithoutChannelsIsOneWithASingleChannel() throws {
    let model = try Sequential(contentsOf: fixturePath("Keras/kinds/plane.keras"))
    #expect(model.inputShape == [1, 6, 5])
    let layers = try #require(kerasConfig(kerasBytes(of: model))["config"]?["layers"]?.elements)
    #expect(layers.first?["config"]?["batch_shape"] == [nil, 6, 5])
  }

  private func expectPredictions(of model: Model, _ file: String) throws {
    let name = file.replacing(".h5", with: "").replacing(".keras", with: "")
    let x = try Tensor(npyFile: fixturePath("Keras/kinds/\(name).x.npy"))
    let expected = try Tensor(npyFile: fixturePath("Keras/kinds/\(name).y.npy"))
    let input: Tensor<Float> =
      switch x.rank {
      case 4: x.permuted([0, 3, 1, 2])
      case 3: x.reshaped(to: [x.shape[0], 1, x.shape[1], x.shape[2]])
      default: x
      }
    // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
    #expect(deviation(model(input), from: expected) <= 1e-5, "\(file)")
  }
}
