import Foundation
import Kilim
import TestSupport
import Testing

/// A command never replaces what it reads, in whatever form the input and the output are named.
@Suite struct KeptInputTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog"], count: 8)
    let run = try DivarProcess(
      ["train", "--data", "photos", "--output", "run", "--epochs", "1", "--image-size", "16", "--quiet"],
      in: folder.url)
    try #require(run.exitCode == 0, "\(run.errors)")
  }

  @Test func theModelOfAFolderIsKept() throws {
    let checkpoint = try #require(try folder.entries(in: "run/checkpoints").first { $0.hasPrefix("step-") })
    let before = try folder.content()
    for arguments in [
      ["export", "run", "run/model.keras"], ["export", "run", "--format", "npz", "-o", "run/model.keras"],
      ["import", "run", "run/model.keras"], ["import", "run/checkpoints", "run/checkpoints/network.keras"],
      ["import", "run/checkpoints", "run/checkpoints/\(checkpoint)"],
      ["import", "run/checkpoints/\(checkpoint)", "run/checkpoints/network.keras"],
      ["import", "run", "--into", "run/checkpoints", "run/checkpoints/network.keras"],
    ] {
      try expectError(arguments + ["--overwrite"], "itself", folder: folder.url)
    }
    #expect(try folder.content() == before)
  }

  @Test func onlyPagesAreWrittenAsPages() throws {
    let before = try folder.content()
    for output in ["run/model.keras", "run/report.json", "run/history.csv"] {
      try expectError(["report", "run", "-o", output, "--overwrite"], ".html", folder: folder.url)
      try expectError(
        [
          "train", "--data", "photos", "--output", "run", "--restart", "--image-size", "16", "--report", output,
          "--overwrite",
        ], "--report", ".html", folder: folder.url)
    }
    try FileManager.default.copyItem(atPath: folder.path("run/report.json"), toPath: folder.path("record.html"))
    try expectError(["report", "record.html", "-o", "record.html", "--overwrite"], "itself", folder: folder.url)
    try FileManager.default.removeItem(atPath: folder.path("record.html"))
    #expect(try folder.content() == before)
  }

  @Test func aTrainingKeepsItsBackbone() throws {
    let before = try folder.content(of: "run").filter { $0.key != ".kilim.lock" }
    for backbone in ["run/model.keras", "run", "./run/../run/model.keras"] {
      try expectError(
        ["train", "--data", "photos", "--backbone", backbone, "--output", "run", "--restart"],
        "the training would replace the backbone", folder: folder.url)
    }
    #expect(try folder.content(of: "run").filter { $0.key != ".kilim.lock" } == before)
  }

  @Test func photosAndTablesAreKept() throws {
    try FileManager.default.createDirectory(atPath: folder.path("own"), withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: folder.path("photos/cat/0.jpg"), toPath: folder.path("own/photo.png"))
    let rows = ["cat", "dog"].flatMap { kind in (0..<8).map { "photos/\(kind)/\($0).jpg,\(kind)" } }
    try (["file,kind"] + rows).joined(separator: "\n").write(
      toFile: folder.path("photos.png"), atomically: true, encoding: .utf8)
    let before = try folder.content()
    try expectError(
      ["explain", "run", "own/photo.png", "-o", "own", "--overwrite", "--methods", "grad-cam"], "the photo itself",
      folder: folder.url)
    try expectError(
      ["rate", "--data", "photos.png", "--label-column", "kind", "-o", "photos.png", "--overwrite"],
      "the table of photos itself", folder: folder.url)
    try expectError(
      ["train", "--data", "photos.png", "--label-column", "kind", "--output", "new", "--cache", "photos.png"],
      "the table of photos itself", folder: folder.url)
    #expect(try folder.content() == before)
  }

  /// Two outputs at one path: one of them would be lost.
  @Test func outputsHavePlacesOfTheirOwn() throws {
    try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: ".")
    let before = try folder.content()
    let train = ["train", "--data", "photos", "--output", "new", "--epochs", "1", "--image-size", "16"]
    for (arguments, words) in [
      (["features", "run", "--data", "photos", "-o", "z.npy", "--feature-cache", "z.csv"], ["the list of --output"]),
      (["features", "run", "--data", "photos", "-o", "z.npy", "--feature-cache", "link/./z.npy"], ["--output"]),
      (
        ["inspect", "photos", "--backbone", "run", "--suspicious", "q.csv", "--feature-cache", "q.csv"],
        ["--suspicious"]
      ),
      (["inspect", "photos", "--backbone", "run", "--suspicious", "q.csv", "-o", "q.png"], ["the picture of"]),
      (train + ["--cache", "new/c.html", "--report", "new/c.html"], ["--report", "--cache"]),
      (train + ["--backbone", "run", "--feature-cache", "new/confusion.png"], ["--feature-cache", ".png", "results"]),
      (train + ["--cache", "link/new/history.csv"], ["--cache", ".csv", "results"]),
      (["rate", "--data", "photos", "-o", "r.png", "--cache", "r.png"], ["--cache", "--output"]),
    ] {
      let run = try DivarProcess(arguments, in: folder.url)
      #expect(run.exitCode == 1 && run.errors.hasPrefix("Error: cannot write"), "\(arguments): \(run.errors)")
      for word in words { #expect(run.errors.contains(word), "\(word) is missing: \(run.errors)") }
    }
    #expect(try folder.content() == before)
  }
}
