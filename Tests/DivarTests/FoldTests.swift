import Foundation
import Kilim
import TestSupport
import Testing

/// `divar train --folds`.
@Suite struct FoldTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog"], count: 9)
  }

  private func arguments(_ output: String, _ options: [String]) -> [String] {
    ["train", "--data", "photos", "--output", output, "--epochs", "1", "--image-size", "16", "--batch-size", "8"]
      + options
  }

  /// Each photo is tested once, and the table has the mean and the deviation of the figures.
  @Test func aModelIsTrainedForEachFold() throws {
    let run = try DivarProcess(arguments("run", ["--folds", "3", "--report", "all.html"]), in: folder.url)
    #expect(run.exitCode == 0 && run.output.contains("fold 2 of 3: run/fold-2"), "\(run.errors)")
    let reports = try (1...3).map { try RunReport(contentsOf: folder.path("run/fold-\($0)/report.json")) }
    #expect(reports.allSatisfy { $0.data.map(\.test) == [3, 3] && $0.data.map(\.training) == [6, 6] })
    #expect(Set(reports.compactMap { $0.measurement?.data }).count == 3)
    let losses = reports.map(\.figures.loss)
    let mean = losses.reduce(0, +) / 3
    let deviation = (losses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2).squareRoot()
    let lines = try folder.text("run/folds.txt").split(separator: "\n")
    let cells = try #require(lines.last).split(separator: " ").map(String.init)
    #expect(cells == ["loss"] + ([mean, deviation] + losses).map { String(format: "%.4f", $0) }, "\(lines)")
    #expect(run.output.contains(lines[1]) && lines[1].contains("accuracy"), "\(run.output)")
    #expect(try folder.text("all.html").contains("run/fold-3"))

    let alone = try DivarProcess(arguments("alone", ["--folds", "3", "--fold", "2"]), in: folder.url)
    #expect(alone.exitCode == 0 && !folder.has("alone/folds.txt"), "\(alone.errors)")
    #expect(try folder.text("alone/history.csv") == folder.text("run/fold-2/history.csv"))
    // All folds are finished: their figures stay.
    let again = try DivarProcess(arguments("run", ["--folds", "3", "--resume"]), in: folder.url)
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(try folder.text("run/folds.txt").split(separator: "\n") == lines)
  }

  /// The features of a photo are computed once for all folds.
  @Test func foldsShareTheFeatures() throws {
    let model = try Sequential(input: [3, 16, 16], seed: 3) {
      Conv2D(4, kernelSize: 3, activation: .relu)
      GlobalAveragePool2D()
      Dense(5, activation: .softmax)
    }
    model.preprocessing = Preprocessing(imageSize: 16)
    try model.save(to: folder.path("backbone.keras"))
    let run = try DivarProcess(
      ["train", "--data", "photos", "--output", "run", "--epochs", "1", "--backbone", "backbone.keras"]
        + ["--folds", "2", "--duplicates-together"], in: folder.url)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.contains("features of 9 training photos"), "\(run.errors)")
    // Each of them is a test photo of one fold; the second fold finds all features.
    #expect(run.errors.contains("features of 9 test photos"), "\(run.errors)")
    let second = run.errors.components(separatedBy: "features of 9 test photos").last ?? ""
    #expect(!second.contains("features of"), "\(run.errors)")
    #expect(folder.has("run/features.safetensors") && !folder.has("run/fold-1/features.safetensors"))
  }

  @Test func whatDoesNotFitIsReported() throws {
    for (options, word) in [
      (["--fold", "1"], "--fold needs --folds"), (["--folds", "3", "--fold", "4"], "none of the 3 folds"),
      (["--folds", "3", "--test-share", "0.3"], "--test-share cannot be used with --folds"),
      (["--folds", "3", "--stratify"], "--stratify cannot be used with --folds"),
      (["--folds", "3", "--ranks", "2"], "needs --fold"), (["--folds", "1"], "from 2"),
      (["--folds", "100"], "100 folds"),
    ] {
      try expectError(arguments("none", options), word, folder: folder.url)
    }
    #expect(!folder.has("none"))
    try folder.makePhotos("other", classes: ["cat"], count: 1)
    try expectError(arguments("other", ["--folds", "3"]), "--output \"other\"", "cat", folder: folder.url)
    try expectError(["rate", "--data", "photos", "--folds", "3"], "needs --fold", folder: folder.url)
  }
}
