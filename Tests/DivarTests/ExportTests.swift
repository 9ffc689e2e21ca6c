import Foundation
import Kilim
import TestSupport
import Testing

/// Models into other formats and back, from the command line.
@Suite struct ExportTests {
  private let folder: TemporaryFolder
  private let model: Sequential

  init() throws {
    folder = try TemporaryFolder()
    model = try Sequential(input: [2, 6, 6], seed: 4) {
      Conv2D(3, kernelSize: 3)
      BatchNorm()
      Flatten()
      Dense(2, activation: .softmax)
    }
    model.metadata = ["classes": #"["cat","dog"]"#]
    try model.save(to: folder.path("model.keras"))
  }

  @Test(arguments: ["safetensors", "npz"])
  func weightsComeBack(format: String) throws {
    let exported = try DivarProcess(["export", folder.path("model.keras"), "--format", format])
    #expect(exported.exitCode == 0, "\(exported.errors)")
    let other = try Sequential(input: [2, 6, 6], seed: 5, layers: layers())
    try other.save(to: folder.path("other.keras"))
    let imported = try DivarProcess([
      "import", folder.path("model.\(format)"), "--into", folder.path("other.keras"), "--output",
      folder.path("again.keras"),
    ])
    #expect(imported.exitCode == 0, "\(imported.errors)")
    #expect(try Sequential(contentsOf: folder.path("again.keras")).state == model.state)
  }

  private func layers() -> [any Layer] {
    [Conv2D(3, kernelSize: 3), BatchNorm(), Flatten(), Dense(2, activation: .softmax)]
  }

  @Test func modelsAreWrittenWhereTheyAreWanted() throws {
    for (format, start) in [("keras", "PK"), ("onnx", "\u{8}\u{8}\u{12}")] {
      let path = folder.path("out.\(format)")
      let run = try DivarProcess(["export", folder.path("model.keras"), "--format", format, "--output", path])
      #expect(run.exitCode == 0 && run.output.contains(path), "\(run.errors)")
      #expect(try Data(contentsOf: URL(filePath: path)).starts(with: Data(start.utf8)))
    }
    #expect(try Sequential(contentsOf: folder.path("out.keras")).metadata == model.metadata)
  }

  /// What is inside is tested with the library: `SealingTests`.
  @Test func sealedModelsTakePhotos() throws {
    let photos = try Sequential(input: [3, 8, 8], seed: 4) {
      Flatten()
      Dense(2, activation: .softmax)
    }
    (photos.classes, photos.preprocessing) = (["cat", "dog"], Preprocessing(imageSize: 8))
    try photos.save(to: folder.path("photos.keras"))
    for format in ["onnx", "keras"] {
      let path = folder.path("sealed.\(format)")
      let run = try DivarProcess(["export", folder.path("photos.keras"), path, "--sealed"])
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let sealed = try Model(contentsOf: folder.path("sealed.keras"))
    #expect(sealed.preprocessing?.scale == 1 && sealed.classes == ["cat", "dog"] && sealed.names.first == "pixels")
    let bytes = try Data(contentsOf: URL(filePath: folder.path("sealed.onnx")))
    #expect(bytes.range(of: Data("photo".utf8)) != nil && bytes.range(of: Data("Loop".utf8)) != nil)
  }

  /// The endings of the files say the formats; class names and preprocessing go along.
  @Test func modelsGoToONNXAndBack() throws {
    let (graph, again) = (folder.path("out.onnx"), folder.path("again.keras"))
    let exported = try DivarProcess(["export", folder.path("model.keras"), graph])
    #expect(exported.exitCode == 0 && exported.output.contains(graph), "\(exported.errors)")
    let summary = try DivarProcess(["summary", graph])
    #expect(summary.exitCode == 0 && summary.output.contains("Total parameters"), "\(summary.errors)")
    let imported = try DivarProcess(["import", graph, again])
    #expect(imported.exitCode == 0, "\(imported.errors)")
    let read = try Model(contentsOf: again)
    #expect(read.metadata == model.metadata && read.inputShape == model.inputShape)
  }

  @Test func aModelIsImportedWhole() throws {
    let run = try DivarProcess(["import", folder.path("model.keras"), "--output", folder.path("again.keras")])
    #expect(run.exitCode == 0 && run.output.contains("Total parameters"), "\(run.errors)")
    #expect(try Sequential(contentsOf: folder.path("again.keras")).state == model.state)
  }

  @Test(arguments: [
    (["export", "model.keras", "--format", "tflite"], "tflite"),
    (["export", "model.keras", "--format", "keras"], "the model itself"),
    (["export", "no.keras", "--format", "onnx"], "no such file"),
    (["export", "model.keras", "x.npz", "--sealed"], "--sealed"),
    (["export", "model.keras", "x.onnx", "--sealed"], "preprocessing"),
    (["export", "model.keras", "x.tflite"], "no ending"), (["export", "model.keras"], "--format"),
    (["import", "model.keras"], "--output"), (["import", "model.keras", "x.keras", "--output", "x.keras"], "--output"),
    (["import", "weights.npz", "--output", "x.keras"], "--into"),
    (["import", "words.txt", "--into", "model.keras", "--output", "x.keras"], "unknown format"),
    (["import", "words.txt.npz", "--into", "model.keras", "--output", "x.keras"], "words.txt.npz"),
  ])
  func wrongInputIsReported(arguments: [String], word: String) throws {
    for name in ["words.txt", "words.txt.npz"] {
      try "words".write(toFile: folder.path(name), atomically: true, encoding: .utf8)
    }
    try NPZ(tensors: model.state).write(to: folder.path("weights.npz"))
    let run = try DivarProcess(arguments.map { $0.contains(".") ? folder.path($0) : $0 })
    #expect(run.exitCode != 0 && run.errors.contains(word), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: folder.path("x.keras")))
  }
}
