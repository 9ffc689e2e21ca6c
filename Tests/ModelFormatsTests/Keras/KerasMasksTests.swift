import Autograd
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Models of Keras in which a mask travels; see `make_keras_masks.py`.
@Suite struct KerasMasksTests {
  static let folder = fixturePath("Keras/masks")
  static let files = [
    "recurrent.keras", "recurrent_h5.h5", "masking.keras", "flat.keras", "mean.keras", "convolved.keras",
    "translation.keras", "transformer.keras", "nested.keras", "branches.keras", "harmless_operation.keras",
    "labels.keras", "trained.keras", "masking_graph.keras", "transformer_h5.h5", "branches_h5.h5",
  ]

  @Test(arguments: files)
  func predictionsAreThoseOfKerasBeforeAndAfterWriting(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file)
    try expectAnswers(of: Model(keras: kerasBytes(of: model), path: "written.keras"), file)
    try expectAnswers(of: model.copy(), file)
  }

  @Test func kerasPredictsTheSameWithWhatIsWritten() throws {
    try expectKerasPredictsTheSame(Self.files, in: Self.folder)
  }

  @Test(arguments: [
    ("operation.keras", "lstm", "before an operation"), ("mean_by_operation.keras", "mean", "a mask at an operation"),
    ("unrolled.keras", "lstm", "unroll"), ("foreign.keras", "lstm", "a mask that is not that of its input"),
  ])
  func aMaskThatWouldTravelOtherwiseIsRefused(file: String, layer: String, reason: String) throws {
    let error = #expect(throws: ModelFileError.self) { try Model(contentsOf: "\(Self.folder)/\(file)") }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(reason) && text.contains("layer \"\(layer)"), "\(text)")
  }

  /// Keras's loss leaves out what the mask of the output leaves out.
  @Test func aMaskAtTheOutputIsRefusedForTraining() throws {
    let error = #expect(throws: ModelFileError.self) {
      try KerasFile(contentsOf: "\(Self.folder)/labels_trained.keras")
    }
    #expect(error.map { "\($0)" }?.contains("an output with a mask") == true)
    let model = try Model(contentsOf: "\(Self.folder)/labels.keras")
    #expect(throws: ModelFileError.self) { try model.checkSavable(optimizer: Adam(), loss: .categoricalCrossEntropy) }
    try model.checkSavable()
  }

  @Test func oneStepOfTrainingIsThatOfKeras() throws {
    let file = try KerasFile(contentsOf: "\(Self.folder)/trained.keras")
    let training = try #require(file.training)
    let x = try #require(try NPZ(contentsOf: "\(Self.folder)/trained.npz").tensors["input0"])
    let targets = Tensor<Float>([1, 0, 0, 0, 1, 0, 0, 0, 1]).reshaped(to: [3, 3] as Shape)
    let loss = training.loss(file.model(Variable(x), Context(.training)), targets)
    training.optimizer.update(file.model.parameters, with: loss.gradients())
    try expectAnswers(of: file.model, "trained.keras", answers: "trained_after")
  }

  @Test func onnxIsRefusedWhereAMaskIsUsed() throws {
    let recurrent = try Model(contentsOf: "\(Self.folder)/recurrent.keras")
    let error = #expect(throws: ModelFileError.self) { try recurrent.checkSavable(as: .onnx) }
    #expect(error.map { "\($0)" }?.contains("Bidirectional with a mask") == true)
    try Model(contentsOf: "\(Self.folder)/flat.keras").checkSavable(as: .onnx)
  }

  private func expectAnswers(of model: Model, _ file: String, answers: String? = nil) throws {
    let name = file.replacing(/\.[a-z0-9]+$/, with: "")
    let arrays = try NPZ(contentsOf: "\(Self.folder)/\(name).npz").tensors
    let expected = try answers.map { try NPZ(contentsOf: "\(Self.folder)/\($0).npz").tensors } ?? arrays
    let inputs = try model.inputShapes.indices.map { try #require(arrays["input\($0)"]) }
    for (index, output) in model.outputs(of: inputs).enumerated() {
      // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
      #expect(deviation(output, from: try #require(expected["output\(index)"])) <= 1e-5, "\(file): output \(index)")
    }
  }
}
