import Data
import Foundation
import TestSupport
import Testing

/// What folders of photos may hold: names that a terminal must not see, classes that a split leaves out, large photos.
@Suite struct PhotoFolderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func train(_ output: String, _ extra: String...) throws -> DivarProcess {
    try DivarProcess(
      [
        "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "1", "--image-size",
        "16",
      ] + extra)
  }

  /// Copies are no error, and nobody wants them.
  @Test func copiesInOtherClassesAndPartsAreWarnedOf() throws {
    func warnings(_ data: String) throws -> String {
      let run = try DivarProcess(
        [
          "train", "--data", data, "--output", "of-\(data)", "--restart", "--epochs", "1", "--image-size", "16",
          "--batch-size", "8", "--quiet",
        ], in: folder.url)
      #expect(run.exitCode == 0, "\(run.errors)")
      return run.errors
    }
    try folder.makePhotos("linked", classes: ["cat", "dog"])
    #expect(try !warnings("linked").contains("same bytes"))
    try FileManager.default.createSymbolicLink(atPath: folder.path("linked/eel"), withDestinationPath: "cat")
    let linked = try warnings("linked")
    #expect(linked.contains("6 photos have the same bytes as one of another class"), "\(linked)")
    #expect(linked.contains("linked/eel/0.jpg and linked/cat/0.jpg"), "\(linked)")

    try folder.makePhotos("parts/train", classes: ["cat", "dog"])
    try FileManager.default.copyItem(atPath: folder.path("parts/train"), toPath: folder.path("parts/val"))
    let parts = try warnings("parts")
    #expect(parts.contains("12 of 12 photos to validate are also trained on"), "\(parts)")
  }

  @Test func controlCharactersOfNamesAreEscaped() throws {
    let name = "c\u{1B}[31mat\nError: x\u{202E}"
    let photo = try folder.makePhotos("photos", classes: [name, "dog"])[0]
    let damaged = folder.path("photos/dog/bad\u{7}\u{9B}.jpg")
    try "words".write(toFile: damaged, atomically: true, encoding: .utf8)
    let runs = [
      try DivarProcess(["inspect", folder.path("photos")]), try train("run"), try train("run", "--skip-unreadable"),
      try DivarProcess(["evaluate", folder.path("run"), "--data", folder.path("photos"), "--skip-unreadable"]),
      try DivarProcess(["predict", folder.path("run"), photo, damaged]),
      try DivarProcess(["predict", "--json", folder.path("run"), photo, damaged]),
      try DivarProcess(["summary", folder.path("run")]), try DivarProcess(["summary", damaged]),
      try DivarProcess(["summary", "x\u{1B}]0;title\u{7}"]),
    ]
    #expect(runs.map(\.exitCode) == [0, 1, 0, 0, 1, 1, 0, 1, 1])
    for (index, run) in runs.enumerated() {
      let wild = (run.output + run.errors).unicodeScalars.filter {
        $0 != "\n" && ($0.properties.generalCategory == .control || $0.value == 0x202E)
      }
      #expect(wild.isEmpty, "\(index): \(run.output)\(run.errors)")
      #expect(!run.errors.contains("\nError: x") && !run.output.contains("\nError: x"), "\(index)")
    }
  }

  @Test func aClassThatAPartMissesIsNamed() throws {
    try folder.makePhotos("photos", classes: ["cat", "dog"], count: 6)
    try folder.makePhotos("photos", classes: ["z"], count: 1)
    var parts: Set<String> = []
    for seed in 1...4 {
      let run = try train("run\(seed)", "--seed", "\(seed)")
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.errors.contains("--stratify"), "\(run.errors)")
      for part in ["training", "validation"] {
        let warning = run.errors.split(separator: "\n").first {
          $0.hasPrefix("Warning: no \(part) example of the class ")
        }
        if warning?.contains("z") == true { parts.insert(part) }
      }
    }
    #expect(parts.contains("validation"))
    try expectError(
      [
        "train", "--data", folder.path("photos"), "--output", folder.path("run"), "--stratify", "--image-size", "16",
      ], "z", "at least 2")
    try folder.makePhotos("photos", classes: ["z"], count: 4)
    let stratified = try train("stratified", "--stratify", "--test-share", "0.25")
    // The photos of all classes are the same ones, of which it warns.
    #expect(stratified.exitCode == 0 && !stratified.errors.contains("example of the class"), "\(stratified.errors)")
    #expect(!stratified.errors.contains("--stratify"), "\(stratified.errors)")
  }

  @Test func theSplitHasASeedOfItsOwn() throws {
    try folder.makePhotos("photos", classes: ["cat", "dog"], count: 10)
    func matrix(_ output: String, _ options: String...) throws -> Foundation.Data {
      let run = try DivarProcess(
        [
          "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "1", "--image-size",
          "16",
        ] + options)
      try #require(run.exitCode == 0, "\(run.errors)")
      return try Foundation.Data(contentsOf: URL(filePath: folder.path("\(output)/model.keras")))
    }
    let plain = try matrix("a", "--seed", "3")
    #expect(try matrix("b", "--seed", "3", "--split-seed", "3") == plain)
    #expect(try matrix("c", "--seed", "3", "--split-seed", "4") != plain)
  }

  @Test func limitsAreOptions() throws {
    let photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
    let data = ["--data", folder.path("photos")]
    let trained = ["train", "--output", folder.path("run"), "--epochs", "1", "--image-size", "16"]
    try expectError(trained + data + ["--max-pixels", "399"], photo, "399 pixels", "--max-pixels", "--skip-unreadable")
    try expectError(trained + data + ["--max-file-size", "100"], photo, "--max-file-size", "--skip-unreadable")
    try expectError(
      trained + data + ["--max-pixels", "399", "--skip-unreadable"], folder.path("photos/cat"), "unreadable")
    #expect(try DivarProcess(trained + data + ["--max-pixels", "400", "--max-file-size", "1M"]).exitCode == 0)
    let model = folder.path("run/model.keras")
    try expectError(["predict", model, photo, "--max-pixels", "399"], photo, "--max-pixels")
    try expectError(["evaluate", model, "--max-pixels", "399"] + data, photo, "--max-pixels")
    let inspected = try DivarProcess(["inspect", "--max-pixels", "399"] + data)
    #expect(inspected.exitCode == 0 && inspected.output.contains("can be read: 12"), "\(inspected.output)")
    try expectError(trained + ["--restart", "--data", folder.path("none")], folder.path("none"))
  }

  @Test func aBadFileNamesTheOptionThatHelps() throws {
    let photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
    let whole = try Foundation.Data(contentsOf: URL(filePath: photo))
    try whole.dropLast(150).write(to: URL(filePath: photo))
    try expectError(
      ["train", "--data", folder.path("photos"), "--output", folder.path("run"), "--image-size", "16"], photo,
      "--skip-unreadable")
    #expect(!folder.has("run"))
    let accepted = try train("run", "--accept-damaged")
    #expect(accepted.exitCode == 0 && accepted.output.contains("used in part: \(photo)"), "\(accepted.errors)")
  }
}
