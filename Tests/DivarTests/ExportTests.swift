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
    for (name, resize) in [
      ("sealed.onnx", "bilinearAntialiased"), ("any.keras", "bilinearAntialiased"), ("sealed.keras", "bicubic"),
    ] {
      let run = try DivarProcess(
        ["export", folder.path("photos.keras"), folder.path(name), "--sealed", "--resize", resize])
      #expect(run.exitCode == 0, "\(run.errors)")
      // A file that cannot resize says what to do instead.
      #expect(run.errors.contains("resized to 8 x 8 pixels already") == (name == "sealed.keras"), "\(run.errors)")
      #expect(
        run.errors.contains("an .onnx file takes photos of any size") == (name == "sealed.keras"), "\(run.errors)")
    }
    let sealed = try Model(contentsOf: folder.path("sealed.keras"))
    #expect(sealed.preprocessing?.scale == 1 && sealed.classes == ["cat", "dog"] && sealed.names.first == "pixels")
    // It scales the bytes itself: a second time would be wrong.
    try FileManager.default.createDirectory(atPath: folder.path("own"), withIntermediateDirectories: false)
    let photo = folder.path("own/photo.jpg")
    try Data(Image(width: 8, height: 8, pixels: (0..<192).map { UInt8($0) }).jpeg()).write(to: URL(filePath: photo))
    #expect(try DivarProcess(["predict", folder.path("sealed.keras"), photo]).exitCode == 0)
    for option in [["--scale", "1/255"], ["--mean", "0.5"], ["--colours", "bgr"]] {
      try expectError(["predict", folder.path("sealed.keras"), photo] + option, "sealed.keras", "sealed", option[0])
    }
    let bytes = try Data(contentsOf: URL(filePath: folder.path("sealed.onnx")))
    #expect(bytes.range(of: Data("photo".utf8)) != nil && bytes.range(of: Data("Loop".utf8)) != nil)
    try expectError(["predict", folder.path("sealed.onnx"), photo], "a sealed model", "for other programs")
    // Keras alone opens a file for photos of any size.
    try expectError(["summary", folder.path("any.keras")], "a sealed model for photos of any size", "Keras alone")
  }

  /// `--exact` of a training travels with the model: photos are then decoded as by the programs that use a sealed file.
  @Test func exactModelsAnswerAsTheirSealedFiles() throws {
    var generator = RandomGenerator(seed: 2)
    for (name, level) in [("dark", 0), ("light", 120)] {
      try FileManager.default.createDirectory(atPath: folder.path("photos/\(name)"), withIntermediateDirectories: true)
      for number in 0..<4 {
        let pixels = (0..<256 * 256 * 3).map { place in
          let isLight = (place / 3 / 256 / 36 + place / 3 % 256 / 36) % 2 == 0
          return UInt8(level + (isLight ? 110 : 0) + generator.integer(below: 20))
        }
        try Data(Image(width: 256, height: 256, pixels: pixels).jpeg())
          .write(to: URL(filePath: folder.path("photos/\(name)/\(number).jpg")))
      }
    }
    let photo = folder.path("photos/dark/0.jpg")
    for (name, options) in [("fast", []), ("exact", ["--exact"])] {
      let isExact = name == "exact"
      let run = try DivarProcess(
        ["train", "--data", "photos", "--output", name, "--epochs", "1", "--image-size", "16"] + options, in: folder.url
      )
      try #require(run.exitCode == 0, "\(run.errors)")
      let model = try Model(contentsOf: folder.path("\(name)/model.keras"))
      let preparation = try #require(model.preprocessing)
      #expect(preparation.exact == isExact)
      let difference = deviation(
        try preparation(contentsOfFile: photo), from: preparation(try Image(contentsOfFile: photo)))
      #expect((difference < 1.5 / 255) == isExact, "\(name): \(difference)")
      let sealed = try DivarProcess(["export", name, "\(name).onnx", "--sealed"], in: folder.url)
      #expect(sealed.exitCode == 0 && sealed.errors.contains("--exact") != isExact, "\(sealed.errors)")
      let again = try DivarProcess(["import", name, "\(name)-again.keras", "--exact"], in: folder.url)
      #expect(again.exitCode == 0, "\(again.errors)")
      #expect(try Model(contentsOf: folder.path("\(name)-again.keras")).preprocessing?.exact == true)
    }
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

  /// A backbone of the kind of MobileNet, with the rule for photos of none of the classes.
  @Test func aBackboneGoesToONNXAndBack() throws {
    try folder.makeColouredPhotos("photos", ["blue": [40, 60, 200], "green": [60, 180, 50]], count: 60)
    let backbone = try Sequential(input: [3, 16, 16], seed: 3) {
      Conv2D(6, kernelSize: 3)
      ReLU(maximum: 6)
      GlobalAveragePool2D().named("pool")
      Dense(5, activation: .softmax)
    }
    backbone.preprocessing = Preprocessing(imageSize: 16)
    try backbone.save(to: folder.path("backbone.keras"))
    func divar(_ arguments: String...) throws -> DivarProcess {
      let run = try DivarProcess(arguments, in: folder.url)
      #expect(run.exitCode == 0, "\(arguments): \(run.errors)")
      return run
    }
    _ = try divar("train", "--data", "photos", "--output", "run", "--backbone", "backbone.keras")
    let exported = try divar("export", "run", "run.onnx")
    #expect(!exported.errors.contains("left out"), "\(exported.errors)")
    _ = try divar("import", "run.onnx", "again.keras")
    let answers = try ["run", "run.onnx", "again.keras"].map {
      try divar("predict", "--json", $0, "photos/blue/0.png").output.split(separator: ",").map(String.init)
    }
    #expect(answers[0].joined().contains("none_of_these"))
    for answer in answers.dropFirst() { #expect(answer.last == answers[0].last) }
    let names = try Model(contentsOf: folder.path("again.keras")).names
    #expect(names.contains("pool") && !names.contains { $0.contains("step") }, "\(names)")

    // A rule whose layer the file will not have is left out with a word.
    let model = try Model(contentsOf: folder.path("run/model.keras"))
    let text = try #require(model.metadata["confidence"])
    model.metadata["confidence"] = text.replacing("\"layer\":\"pool\"", with: "\"layer\":\"dropout\"")
    try model.save(to: folder.path("other.keras"))
    let other = try divar("export", "other.keras", "other.onnx")
    #expect(other.errors.contains("dropout") && other.errors.contains("left out"), "\(other.errors)")
    #expect(try divar("predict", "other.onnx", "photos/blue/0.png").output.contains("blue"))
    // A sealed Keras file cannot hold the rule.
    try expectError(["export", folder.path("run"), folder.path("x.keras"), "--sealed"], "none of the classes", ".onnx")
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
    (["export", "model.keras", "x.onnx", "--sealed"], "--scale"),
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
