import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Layers for volumes and images in sequence, and attention without projections; see `make_keras_volumes.py`.
@Suite struct KerasVolumesTests {
  static let folder = fixturePath("Keras/volumes")
  static let files = [
    "volumes.keras", "volumes_h5.h5", "dilated.keras", "pooled.keras", "steps.keras", "convolved_lstm.keras",
    "attention.keras", "longer.keras",
  ]

  @Test(arguments: files)
  func predictionsAreThoseOfKerasBeforeAndAfterWriting(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file, in: Self.folder)
    try expectAnswers(of: Model(keras: kerasBytes(of: model), path: "written.keras"), file, in: Self.folder)
    try expectAnswers(of: model.copy(), file, in: Self.folder)
  }

  @Test func kerasPredictsTheSameWithWhatIsWritten() throws {
    try expectKerasPredictsTheSame(Self.files, in: Self.folder)
  }
}
