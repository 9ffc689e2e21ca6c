import Foundation
import Kilim
import TestSupport
import Testing

/// Models from elsewhere: what they lack is given by options, and the content decides on the format.
@Suite struct ModelFileTests {
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    folder = try TemporaryFolder()
    photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
    // As Keras writes it: without names and preprocessing.
    try network(seed: 1).save(to: folder.path("keras.keras"))
    try FileManager.default.copyItem(atPath: folder.path("keras.keras"), toPath: folder.path("model.onnx"))
  }

  private func network(seed: UInt64, classes: Int = 2) throws -> Sequential {
    try Sequential(input: [3, 16, 16], seed: seed) {
      Conv2D(3, kernelSize: 3)
      Flatten()
      Dense(classes, activation: .softmax)
    }
  }

  @Test func predictTakesNamesAndScaleFromOptions() throws {
    let model = folder.path("keras.keras")
    try expectError(["predict", model, photo], "--classes", "--scale", "divar import", "Keras")
    try expectError(["evaluate", model, "--data", folder.path("photos")], "--classes", "--scale")
    let run = try DivarProcess(["predict", model, photo, "--classes", "cat,dog"])
    #expect(run.exitCode == 0 && run.output.contains("cat 0.") && run.output.contains("dog 0."), "\(run.errors)")
    #expect(run.errors.contains("16 x 16 pixels") && run.errors.contains("bytes times 1/255"), "\(run.errors)")
    let bytes = try DivarProcess(["predict", model, photo, "--classes", "cat,dog", "--scale", "1"])
    #expect(bytes.exitCode == 0 && bytes.output != run.output && bytes.errors.contains("bytes times 1.0"))
    for options in [
      ["--colours", "bgr"], ["--mean", "0.5"], ["--deviation", "0.2,0.3,0.4"], ["--resize", "nearest"],
    ] {
      let changed = try DivarProcess(["predict", model, photo, "--classes", "cat,dog"] + options)
      #expect(changed.exitCode == 0 && changed.output != run.output, "\(options) \(changed.errors)")
    }
    let evaluated = try DivarProcess(["evaluate", model, "--data", folder.path("photos"), "--classes", "cat,dog"])
    #expect(evaluated.exitCode == 0 && evaluated.output.contains("weighted avg"), "\(evaluated.errors)")
  }

  @Test func namesCanStandInAFile() throws {
    try "cat\r\n d\u{F6}g \r\n\n".write(toFile: folder.path("names.txt"), atomically: true, encoding: .utf8)
    let run = try DivarProcess([
      "predict", "--json", folder.path("keras.keras"), photo, "--classes", folder.path("names.txt"),
    ])
    #expect(run.exitCode == 0 && run.output.contains("\"d\u{F6}g\":0."), "\(run.output) \(run.errors)")
  }

  @Test func namesAndSizesMustFit() throws {
    let model = folder.path("keras.keras")
    try expectError(["predict", model, photo, "--classes", "cat,dog,fish"], "2 outputs", "3 class names")
    try expectError(["predict", model, photo, "--scale", "1"], "--classes")
    try expectError(["predict", model, photo, "--classes", "cat,cat"], "different names", "cat")
    try expectError(["predict", model, photo, "--classes", "cat,,dog"], "--classes")
    try expectError(["predict", model, photo, "--classes", "cat,dog", "--image-size", "32"], "16 x 16", "32 x 32")
    try expectError(["predict", model, photo, "--classes", "cat,dog", "--deviation", "0"], "--deviation")
    try Sequential(input: [4]) { Dense(2, activation: .softmax) }.save(to: folder.path("numbers.keras"))
    try expectError(["predict", folder.path("numbers.keras"), photo, "--classes", "a,b"], "[4]", "photo")
    // Composed and decomposed letters are two names.
    let both = try DivarProcess(["predict", "--json", model, photo, "--classes", "\u{E9},e\u{301}"])
    let answer = both.output.unicodeScalars.filter { $0 == ":" }.count
    #expect(both.exitCode == 0 && answer == 4, "\(both.output)\(both.errors)")
  }

  @Test func importKeepsNamesAndPreprocessing() throws {
    let (model, kept) = (folder.path("keras.keras"), folder.path("kept.keras"))
    let run = try DivarProcess([
      "import", model, "--classes", "cat,dog", "--scale", "1/127.5", "--mean", "1", "--output", kept,
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let network = try Sequential(contentsOf: kept)
    #expect(network.classes == ["cat", "dog"])
    #expect(network.preprocessing?.scale == 1 / 127.5 && network.preprocessing?.normalization?.mean == [1, 1, 1])
    let predicted = try DivarProcess(["predict", kept, photo])
    #expect(predicted.exitCode == 0 && predicted.errors.isEmpty, "\(predicted.errors)")

    // A model that Keras has saved again gets them from the one before.
    let again = folder.path("again.keras")
    let renewed = try DivarProcess(["import", model, "--into", kept, "--output", again])
    #expect(renewed.exitCode == 0, "\(renewed.errors)")
    #expect(try Sequential(contentsOf: again).classes == network.classes)
    #expect(try Sequential(contentsOf: again).preprocessing == network.preprocessing)
    #expect(try DivarProcess(["predict", again, photo]).output == predicted.output)
    try self.network(seed: 2, classes: 3).save(to: folder.path("three.keras"))
    try expectError(
      ["import", folder.path("three.keras"), "--into", kept, "--output", folder.path("x.keras")], "[3]", "[2]")
    // Without names the import says what is missing.
    let bare = try DivarProcess(["import", model, "--output", folder.path("bare.keras")])
    #expect(bare.exitCode == 0 && bare.errors.contains("--classes"), "\(bare.errors)")
  }

  @Test func theContentDecidesOnTheFormat() throws {
    for command in [["summary"], ["import", "--output", folder.path("out.keras")], ["export", "--format", "npz"]] {
      let run = try DivarProcess([command[0], folder.path("model.onnx")] + command.dropFirst())
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    try network(seed: 3).saveWeights(to: folder.path("weights.keras"))
    try FileManager.default.copyItem(atPath: folder.path("weights.keras"), toPath: folder.path("w"))
    let filled = try DivarProcess([
      "import", folder.path("w"), "--into", folder.path("keras.keras"), "--output", folder.path("filled.keras"),
    ])
    #expect(filled.exitCode == 0, "\(filled.errors)")
    #expect(try Sequential(contentsOf: folder.path("filled.keras")).state == network(seed: 3).state)
  }

  @Test func otherFormatsSayWhatTheyAre() throws {
    try network(seed: 1).saveWeights(to: folder.path("weights.h5"))
    try "words".write(toFile: folder.path("words.keras"), atomically: true, encoding: .utf8)
    // The beginning of a file of `torch.save` before 2020.
    let old: [UInt8] = [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E]
    try Foundation.Data(old).write(to: folder.url.appending(path: "model.pth"))
    let cases = [
      ("model.pth", "PyTorch", "--network"), ("weights.h5", "weights", "--into"),
      ("words.keras", "unknown format", "expected"),
    ]
    for (file, format, way) in cases {
      let path = folder.path(file)
      try expectError(["predict", path, photo], path, format, way)
      try expectError(["evaluate", path, "--data", folder.path("photos")], path, format, way)
      try expectError(["summary", path], path, format, way)
      try expectError(["export", path, "--format", "npz", "-o", folder.path("x.npz")], path, format, way)
      try expectError(["import", path, "--output", folder.path("x.keras")], path, format, way)
    }
    #expect(!folder.has("x.keras") && !folder.has("x.npz"))
  }

  /// A model whose training has failed: the other photos are still answered, and JSON is never cut short.
  @Test func outputsThatAreNoNumbers() throws {
    let model = folder.path("nan.keras")
    let network = try network(seed: 1)
    let weights = network.state.mapValues { Tensor<Float>(repeating: .nan, shape: $0.shape) }
    try network.load(state: weights)
    network.classes = ["cat", "dog"]
    network.preprocessing = Preprocessing(imageSize: 16)
    try network.save(to: model)
    let text = try DivarProcess(["predict", model, photo, folder.path("none.jpg"), photo])
    #expect(text.exitCode == 1 && text.output.isEmpty, "\(text.output)")
    let lines = text.errors.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].contains("not numbers") && lines[1].contains("none.jpg"), "\(text.errors)")

    // Commands that use its features or its outputs say the same.
    let data = ["--data", "photos"]
    try Tensor<Float>(zeros: [2, 3, 16, 16]).writeNPY(to: folder.path("in.npy"))
    for arguments in [
      ["features", "nan.keras", "-o", "f.npy"] + data, ["run", "nan.keras", "in.npy", "out.npy"],
      ["train", "--backbone", "nan.keras", "--output", "run", "--epochs", "1", "--quiet"] + data,
      ["inspect", "photos", "--backbone", "nan.keras"], ["rate", "--backbone", "nan.keras"] + data,
    ] {
      let run = try DivarProcess(arguments, in: folder.url)
      #expect(run.exitCode == 1, "\(arguments): \(run.output)")
      #expect(run.errors.contains("Error: nan.keras: ") && run.errors.contains("finite"), "\(run.errors)")
    }
    #expect(!folder.has("f.npy") && folder.has("out.npy"))

    let json = try DivarProcess(["predict", "--json", model, photo, folder.path("none.jpg")])
    #expect(json.exitCode == 1)
    let objects = try json.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Foundation.Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.count == 2)
    for object in objects {
      #expect(object["error"] is String)
      let probabilities = try #require(object["probabilities"] as? [String: Any])
      #expect(probabilities.count == 2 && probabilities.values.allSatisfy { $0 is NSNull })
    }
  }
}
