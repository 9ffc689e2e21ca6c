import Foundation
import ModelFormats
import NN
import Serialization
import TestSupport
import Testing

/// Weights in several files; see `make_keras_volumes.py`.
@Suite struct KerasShardsTests {
  static let folder = fixturePath("Keras/volumes")

  @Test func weightsInSeveralFilesAreLoaded() throws {
    let model = try Model(contentsOf: "\(Self.folder)/shards.keras")
    try model.loadWeights(from: "\(Self.folder)/shards.weights.json")
    try expectAnswers(of: model, "shards_weights", in: Self.folder)
    // The names of the files need not be those that Keras gives.
    let folder = try copiedShards { $0.replacing("shards_00001", with: "other") }
    try FileManager.default.moveItem(
      atPath: folder.path("shards_00001.weights.h5"), toPath: folder.path("other.weights.h5"))
    let other = try Model(contentsOf: "\(Self.folder)/shards.keras")
    try other.loadWeights(from: folder.path("shards.weights.json"))
    #expect(other.state == model.state)
    // Nor need that of the text begin with a letter: the slash before it and an accent are one character.
    let accented = folder.path("\u{301}.weights.json")
    try FileManager.default.moveItem(atPath: folder.path("shards.weights.json"), toPath: accented)
    try other.loadWeights(from: accented)
  }

  @Test func aMissingFileOfWeightsIsReportedAndNothingIsChanged() throws {
    let model = try Model(contentsOf: "\(Self.folder)/shards.keras")
    let before = model.state
    let folder = try copiedShards { $0 }
    try FileManager.default.removeItem(atPath: folder.path("shards_00001.weights.h5"))
    let path = folder.path("shards.weights.json")
    let error = #expect(throws: ModelFileError.self) { try model.loadWeights(from: path) }
    #expect(error?.place == "shards_00001.weights.h5" && error?.problem == .missing)
    #expect(model.state == before)
  }

  @Test(arguments: [
    (#""/layers/dense_1/vars""#, #""/layers/dense_9/vars""#, "layers/dense_1/vars"),
    (#""weight_map""#, #""weights""#, "a JSON text"),
    ("shards_00000.weights.h5", "../shards_00000.weights.h5", "not the name of a file"),
    ("shards_00000.weights.h5", "../\u{301}00000.weights.h5", "not the name of a file"),
    ("shards_00000.weights.h5", "shards_00001.weights.h5", "not numbered"),
    (#""shards_00000.weights.h5","#, "3,", "the files of"),
  ])
  func aWrongListOfFilesIsReported(found: String, changed: String, reason: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/shards.keras")
    let folder = try copiedShards { $0.replacing(found, with: changed) }
    let error = #expect(throws: ModelFileError.self) {
      try model.loadWeights(from: folder.path("shards.weights.json"))
    }
    #expect(error.map { "\($0)" }?.contains(reason) == true, "\(String(describing: error))")
  }

  /// An archive may hold them too.
  @Test func weightsInSeveralEntriesAreRead() throws {
    let archive = try ZipReader(RandomAccessFile("\(Self.folder)/shards.keras"), path: "shards.keras")
    let names = ["shards_00000.weights.h5", "shards_00001.weights.h5"]
    var entries = try names.map { ZipEntry(name: $0, bytes: try readFile("\(Self.folder)/\($0)", limit: 1 << 20)) }
    entries.append(
      ZipEntry(name: "config.json", bytes: try archive.contents(of: "config.json", limit: 1 << 20)))
    entries.append(
      ZipEntry(
        name: "model.weights.json", bytes: try readFile("\(Self.folder)/shards.weights.json", limit: 1 << 20)))
    try expectAnswers(
      of: Model(keras: zipArchive(of: entries, for: "m.keras"), path: "m.keras"), "shards_weights", in: Self.folder)
    let error = #expect(throws: ModelFileError.self) {
      try Model(keras: zipArchive(of: Array(entries.dropFirst()), for: "m.keras"), path: "m.keras")
    }
    #expect(error?.place == names[0] && error?.problem == .missing)
  }

  private func copiedShards(_ change: (String) -> String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["shards_00000.weights.h5", "shards_00001.weights.h5"] {
      try FileManager.default.copyItem(atPath: "\(Self.folder)/\(name)", toPath: folder.path(name))
    }
    let text = String(decoding: try readFile("\(Self.folder)/shards.weights.json", limit: 1 << 20), as: UTF8.self)
    try Data(change(text).utf8).write(to: folder.url.appending(path: "shards.weights.json"))
    return folder
  }
}
