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
    "arrays.keras", "moved.keras", "divided.keras", "measured.keras", "pictures.keras", "powers.keras", "mapped.keras",
    "flattened.keras", "first.keras", "tf_axes.h5", "tf_functions.h5", "tf_reductions.h5", "tf_pictures.h5",
    "tf_behind.h5",
  ]

  @Test(arguments: files)
  func predictionsAreThoseOfKerasBeforeAndAfterWriting(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file, in: Self.folder)
    try expectAnswers(of: Model(keras: kerasBytes(of: model), path: "written.keras"), file, in: Self.folder)
  }

  /// The numbers of a conversion of colours are no weights of the file: no training changes them. Keras gets them as a frozen layer.
  @Test func conversionsOfColorsStayFixed() throws {
    let model = try Model(contentsOf: "\(Self.folder)/pictures.keras")
    for isTrainable in [false, true] { model.isTrainable = isTrainable }
    #expect(model.isTrainable && !model.parameters.isEmpty && model.parameters.allSatisfy { !$0.isTrainable })
    let written = try Model(keras: kerasBytes(of: model), path: "written.keras")
    #expect(written.parameters.count == model.parameters.count && written.parameters.allSatisfy { !$0.isTrainable })
  }

  @Test func kerasPredictsTheSameWithWhatIsWritten() throws {
    try expectKerasPredictsTheSame(Self.files, in: Self.folder)
  }

  @Test(arguments: files.filter { $0 != "distance_h5.h5" })
  func onnxComputesTheSame(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    let folder = try TemporaryFolder()
    try model.exportONNX(to: folder.path("model.onnx"))
    try expectAnswers(of: Model(contentsOf: folder.path("model.onnx")), file, in: Self.folder)
  }
}
