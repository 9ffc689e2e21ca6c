import Foundation
import Kilim
import TestSupport
import Testing

/// `divar train --fine-tune` and the options of a recipe, `divar rate` and `divar predict --views`.
@Suite struct FineTuningTests {
  private let folder: TemporaryFolder
  private let photos: [String]

  init() throws {
    folder = try TemporaryFolder()
    photos = try folder.makePhotos("photos", classes: ["cat", "dog"], count: 10)
    let model = try Sequential(input: [3, 16, 16], seed: 3) {
      Conv2D(6, kernelSize: 3, padding: .same, activation: .relu).named("block1_conv")
      BatchNorm().named("block1_norm")
      Conv2D(8, kernelSize: 3, padding: .same, activation: .relu).named("block2_conv")
      GlobalAveragePool2D().named("pool")
      Dense(5, activation: .softmax).named("top")
    }
    model.preprocessing = Preprocessing(imageSize: 16)
    try model.save(to: folder.path("backbone.keras"))
  }

  private func arguments(_ more: String...) -> [String] {
    ["train", "--data", "photos", "--output", "run", "--backbone", "backbone.keras", "--epochs", "2"] + more
  }

  private func state(_ path: String) throws -> [String: Tensor<Float>] {
    try Model(contentsOf: folder.path(path)).state
  }

  @Test func aBackboneIsTrainedInStages() throws {
    let run = try DivarProcess(
      arguments("--fine-tune", "block2:2@1e-3,all:1@1e-4", "--augment", "--mixup", "0.2", "--label-smoothing", "0.1"),
      in: folder.url)
    #expect(run.exitCode == 0 && run.output.contains("test accuracy"), "\(run.errors)")
    for name in ["model.keras", "report.txt", "curves.png", "confusion.png", "samples.png"] {
      #expect(folder.has("run/\(name)"), "\(name)")
    }
    let lines = try folder.text("run/history.csv").split(separator: "\n")
    #expect(lines.count == 6 && lines.dropFirst().enumerated().allSatisfy { $1.hasPrefix("\($0),") }, "\(lines)")
    let (before, after) = (try state("backbone.keras"), try state("run/model.keras"))
    for name in ["block1_conv.weight", "block2_conv.weight"] { #expect(before[name] != after[name], "\(name)") }
    for name in ["block1_norm.scale", "block1_norm.runningMean"] { #expect(before[name] == after[name], "\(name)") }
    let trained = try Model(contentsOf: folder.path("run/model.keras"))
    #expect(trained.classes == ["cat", "dog"] && trained.isTrainable)
    #expect(trained.confidence != nil)
    #expect(try folder.text("run/report.txt").contains("with the temperature"))
    for views in ["1", "10"] {
      let measured = try DivarProcess(
        ["evaluate", "run/model.keras", "--data", "photos", "--views", views], in: folder.url)
      #expect(measured.exitCode == 0 && measured.output.contains("accuracy"), "\(measured.errors)")
    }
    for views in ["2", "5", "10"] {
      let answers = try DivarProcess(["predict", "run/model.keras", photos[0], "--views", views], in: folder.url)
      #expect(answers.exitCode == 0 && answers.output.contains("cat"), "\(answers.errors)")
    }

    let checkpoint = try DivarProcess(["evaluate", "run/checkpoints", "--data", "photos"], in: folder.url)
    #expect(checkpoint.exitCode == 0, "\(checkpoint.errors)")

    // More of the same: a run that is over is found again.
    let again = try DivarProcess(
      arguments(
        "--fine-tune", "block2:2@1e-3,all:1@1e-4", "--augment", "--mixup", "0.2", "--label-smoothing", "0.1", "--resume"
      ),
      in: folder.url)
    // The features of the backbone are in their file; those of the trained one are made anew, of training and test photos.
    let notes = again.errors.components(separatedBy: "features of").count - 1
    #expect(again.exitCode == 0 && notes == 2, "\(again.errors)")
    #expect(try state("run/model.keras") == after)
  }

  @Test func wrongStagesAreReported() throws {
    for stages in [
      "", "block2", "block2:1", "block2@1e-3", "block2:0@1e-3", "block2:1@0", "block2:1@x", ":1@1", "all:1@1,",
    ] {
      try expectError(arguments("--fine-tune", stages), "block6:5@1e-4", folder: folder.url)
    }
    try expectError(arguments("--fine-tune", "blok2:1@1e-3"), "blok2", "block2_conv", folder: folder.url)
    #expect(!folder.has("run"))
    let plain = ["train", "--data", "photos", "--output", "run"]
    try expectError(plain + ["--fine-tune", "all:1@1"], "--backbone", folder: folder.url)
    try expectError(arguments("--mixup", "0.2"), "--mixup", "--fine-tune", folder: folder.url)
    try expectError(arguments("--rand-augment", "31", "--fine-tune", "all:1@1"), "0 to 30", folder: folder.url)
    try expectError(arguments("--views", "2", "--fine-tune", "all:1@1"), "--augment", folder: folder.url)
    try expectError(["predict", "backbone.keras", photos[0], "--views", "3"], "1, 2, 5 or 10", folder: folder.url)
  }

  @Test func aLearningRateIsSuggested() throws {
    let run = try DivarProcess(
      ["rate", "--data", "photos", "--backbone", "backbone.keras", "--output", "rates.png", "--batch-size", "8"],
      in: folder.url)
    #expect(run.exitCode == 0 && run.output.contains("suggested: --learning-rate "), "\(run.errors)")
    #expect(folder.has("rates.png"))
    let network = try DivarProcess(
      ["rate", "--data", "photos", "--image-size", "16", "--batch-size", "4", "--steps", "20"], in: folder.url)
    #expect(network.exitCode == 0 && network.output.contains("suggested: "), "\(network.errors)")
    try expectError(
      ["rate", "--data", "photos", "--backbone", "backbone.keras", "--output", "rates.txt"], "rates.txt",
      folder: folder.url)
  }

  @Test func theOriginalNetworkTakesARecipe() throws {
    let run = try DivarProcess(
      [
        "train", "--data", "photos", "--output", "run", "--epochs", "1", "--image-size", "16", "--rand-augment", "9",
        "--mixup", "0.2", "--cutmix", "1", "--label-smoothing", "0.1",
      ], in: folder.url)
    #expect(run.exitCode == 0 && folder.has("run/model.keras"), "\(run.errors)")
  }
}
