import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Graphs of Keras with operations in place of layers; see `make_keras_operations.py`.
@Suite struct KerasOperationsTests {
  static let folder = fixturePath("Keras/operations")
  static let files = [
    "axes.keras", "joined.keras", "reduced.keras", "functions.keras", "distance.keras", "distance_h5.h5",
    "arrays.keras",
  ]

  @Test(arguments: files)
  func predictionsAreThoseOfKerasBeforeAndAfterWriting(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file)
    try expectAnswers(of: Model(keras: kerasBytes(of: model), path: "written.keras"), file)
  }

  @Test func kerasPredictsTheSameWithWhatIsWritten() throws {
    try expectKerasPredictsTheSame(Self.files, in: Self.folder)
  }

  @Test(arguments: files.filter { $0.hasSuffix(".keras") })
  func onnxComputesTheSame(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    let folder = try TemporaryFolder()
    try model.exportONNX(to: folder.path("model.onnx"))
    try expectAnswers(of: Model(contentsOf: folder.path("model.onnx")), file)
  }

  private func expectAnswers(of model: Model, _ file: String) throws {
    let name = file.replacing(/\.[a-z0-9]+$/, with: "")
    let arrays = try NPZ(contentsOf: "\(Self.folder)/\(name).npz").tensors
    let inputs = try model.inputShapes.indices.map { index in
      let x = try #require(arrays["input\(index)"])
      return x.rank == 4 ? x.permuted([0, 3, 1, 2]) : x
    }
    for (index, output) in model.outputs(of: inputs).enumerated() {
      let found =
        output.rank == 5
        ? output.permuted([0, 1, 3, 4, 2]) : output.rank == 4 ? output.permuted([0, 2, 3, 1]) : output
      #expect(deviation(found, from: try #require(arrays["output\(index)"])) <= 1e-5, "\(file): output \(index)")
    }
  }
}
