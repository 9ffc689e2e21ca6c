import ModelFormats
import NN
import Serialization
import Testing

/// What joins the axes of images in sequence, or takes them apart, in Keras's order; see `make_keras_volumes.py`.
@Suite struct KerasVideosTests {
  static let folder = fixturePath("Keras/volumes")
  static let files = [
    "video.keras", "video_flat.keras", "video_made.keras", "video_rows.keras", "video_joined.keras",
    "video_model.keras", "video_graph.keras", "video_open.keras", "video_h5.h5", "sentences.keras", "words.keras",
    "rows.keras",
  ]

  @Test(arguments: files)
  func predictionsAreThoseOfKerasBeforeAndAfterWriting(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file, in: Self.folder)
    try expectAnswers(of: Model(keras: kerasBytes(of: model), path: "written.keras"), file, in: Self.folder)
  }

  @Test func kerasPredictsTheSameWithWhatIsWritten() throws {
    try expectKerasPredictsTheSame(Self.files, in: Self.folder)
  }

  /// Kilim's own order of the elements of images in sequence has no counterpart in Keras.
  @Test func anotherOrderOfElementsIsRefused() throws {
    let flat = try Sequential(input: [4, 3, 5, 6]) {
      Flatten()
      Dense(2)
    }
    let inner = try Sequential(input: [4, 3, 5, 6]) {
      TimeDistributed(Flatten())
      LSTM(2)
    }
    let frames = try Sequential(input: [3, 5, 6]) { Flatten() }
    let ofModels = try Sequential(input: [4, 3, 5, 6]) {
      TimeDistributed(frames)
      LSTM(2)
    }
    for model in [flat, inner, ofModels] {
      let error = #expect(throws: ModelFileError.self) { try model.checkSavable() }
      #expect(error.map { "\($0)" }?.contains("Flatten(order: .channelsLast)") == true)
    }
    try Sequential(input: [4, 3, 5, 6]) {
      TimeDistributed(Flatten(order: .channelsLast))
      LSTM(2)
    }.checkSavable()
  }
}
