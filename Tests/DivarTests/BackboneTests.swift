import Foundation
import Kilim
import TestSupport
import Testing

/// `divar features` and `divar train --backbone`: a classifier on the features of a trained network.
@Suite struct BackboneTests {
  private let folder: TemporaryFolder
  private let photos: [String]
  private let model: Model

  init() throws {
    folder = try TemporaryFolder()
    photos = try folder.makePhotos("photos", classes: ["cat", "dog"], count: 10)
    model = try Sequential(input: [3, 16, 16], seed: 3) {
      Conv2D(12, kernelSize: 3, padding: .same, activation: .relu)
      BatchNorm()
      GlobalAveragePool2D()
      Dense(5, activation: .softmax)
    }
    model.preprocessing = Preprocessing(imageSize: 16)
    model.classes = ["a", "b", "c", "d", "e"]
    try model.save(to: folder.path("backbone.keras"))
  }

  private func train(_ arguments: String...) throws -> DivarProcess {
    try DivarProcess(
      ["train", "--data", "photos", "--output", "run", "--backbone", "backbone.keras"] + arguments, in: folder.url)
  }

  @Test func aClassifierIsTrainedOnFeatures() throws {
    let run = try train("--epochs", "3")
    #expect(run.exitCode == 0 && run.output.contains("test accuracy"), "\(run.errors)")
    #expect(run.errors.contains("features of 16 training photos"), "\(run.errors)")
    #expect(!folder.has("run/checkpoints"))
    for name in ["model.keras", "history.csv", "report.txt", "curves.png", "confusion.png", "samples.png"] {
      #expect(folder.has("run/\(name)"), "\(name)")
    }
    let trained = try Model(contentsOf: folder.path("run/model.keras"))
    #expect(trained.classes == ["cat", "dog"])
    #expect(trained.preprocessing == Preprocessing(imageSize: 16))
    #expect(trained.names.last == "classes")
    #expect(trained.state["conv2d.weight"] == model.state["conv2d.weight"])
    let answers = try DivarProcess(["predict", "run/model.keras", photos[0]], in: folder.url)
    #expect(answers.exitCode == 0 && answers.output.contains("cat"), "\(answers.errors)")
  }

  @Test func featuresAreFoundAgain() throws {
    try #require(train("--epochs", "1").exitCode == 0)
    let earlier = try train("--epochs", "1")
    #expect(earlier.exitCode != 0 && earlier.errors.contains("--restart"), "\(earlier.errors)")
    let again = try train("--epochs", "1", "--restart", "--seed", "4")
    #expect(again.exitCode == 0 && !again.errors.contains("features of"), "\(again.errors)")
    let views = try train("--epochs", "1", "--restart", "--augment", "--views", "3")
    #expect(views.exitCode == 0 && views.errors.contains("features of 32 training photos"), "\(views.errors)")
  }

  @Test func featuresAreWrittenAsAnArray() throws {
    let run = try DivarProcess(
      ["features", "backbone.keras", "--data", "photos", "-o", "features.npy", "--feature-cache", "cache"],
      in: folder.url)
    #expect(run.exitCode == 0 && run.output.contains("[20, 12]"), "\(run.errors)")
    let images = try ImageFolder(folder.path("photos"), imageSize: 16).images
    let expected = try model.withoutClassifier().predict(images)
    #expect(deviation(try Tensor(npyFile: folder.path("features.npy")), from: expected) < 1e-6)
    let lines = try folder.text("features.csv").split(separator: "\n")
    #expect(lines.count == 21 && lines[0] == "file,class" && lines[1] == "photos/cat/0.jpg,cat")
    let known = try train("--epochs", "1", "--feature-cache", "cache")
    #expect(known.exitCode == 0 && !known.errors.contains("features of"), "\(known.errors)")
  }

  /// The list beside the features says what the table says.
  @Test(arguments: [
    (["--label-column", "kind"], "file,class", "photos/dog/1.jpg,dog"),
    (["--label-column", "tags", "--label-separator", ";"], "file,classes", "photos/dog/1.jpg,dog|odd"),
    (["--number-columns", "price,weight"], "file,price,weight", "photos/dog/1.jpg,4.0,0.5"),
    (["--path-column", "file"], "file", "photos/dog/1.jpg"),
  ])
  func featuresOfATableAreWritten(options: [String], header: String, last: String) throws {
    try """
    file,kind,tags,price,weight
    photos/cat/3.jpg,cat,cat,3,0.25
    photos/dog/1.jpg,dog,odd;dog,4,0.5
    """.write(toFile: folder.path("photos.csv"), atomically: true, encoding: .utf8)
    let run = try DivarProcess(
      ["features", "backbone.keras", "--data", "photos.csv", "-o", "features.npy"] + options, in: folder.url)
    #expect(run.exitCode == 0 && run.output.contains("[2, 12]"), "\(run.errors)")
    let lines = try folder.text("features.csv").split(separator: "\n").map(String.init)
    #expect(lines.count == 3 && lines[0] == header && lines[2] == last, "\(lines)")
    try expectError(
      ["features", "backbone.keras", "--data", "photos.csv", "-o", "photos.npy"] + options, "photos.csv",
      "table of photos", folder: folder.url)
  }

  @Test func whatDoesNotFitIsReported() throws {
    let start = ["train", "--data", "photos", "--output", "run"]
    let backbone = start + ["--backbone", "backbone.keras"]
    try expectError(backbone + ["--augment"], "--views", folder: folder.url)
    try expectError(backbone + ["--resume"], "--restart", folder: folder.url)
    try expectError(backbone + ["--views", "2"], "--augment", folder: folder.url)
    try expectError(start + ["--views", "2", "--augment"], "--backbone", folder: folder.url)
    try expectError(backbone + ["--precise-statistics", "2"], "--precise-statistics", folder: folder.url)
    try expectError(backbone + ["--image-size", "32"], "16", "32", folder: folder.url)
    try expectError(backbone + ["--layer", "conv2"], "conv2", "conv2d", folder: folder.url)
    try expectError(backbone + ["--feature-cache", "photos/cache"], "--feature-cache", folder: folder.url)
    try Sequential(input: [3, 16, 16]) {
      Flatten()
      Dense(2)
    }.save(to: folder.path("bare.keras"))
    try expectError(start + ["--backbone", "bare.keras"], "divar import", folder: folder.url)
    try expectError(
      ["features", "backbone.keras", "--data", "photos", "-o", "features.txt"], ".npy", folder: folder.url)
    try writeAtomically(Array("my notes".utf8), to: folder.path("notes.txt"))
    try expectError(backbone + ["--feature-cache", "notes.txt"], "notes.txt", "text", folder: folder.url)
    #expect(try folder.text("notes.txt") == "my notes")
  }
}
