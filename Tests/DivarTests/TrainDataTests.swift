import Foundation
import TestSupport
import Testing

/// What `divar train` does with photos beside training: a cache, duplicates, uneven classes.
@Suite struct TrainDataTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("photos"), "--per-class", "4"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
    for name in ["0000", "0001", "0002"] {
      let photos = try FileManager.default.contentsOfDirectory(atPath: folder.path("photos/sheep"))
      let photo = try #require(photos.first { $0.hasPrefix(name) })
      try FileManager.default.removeItem(atPath: folder.path("photos/sheep/\(photo)"))
    }
  }

  /// Trains a little and returns the model's bytes.
  private func train(_ output: String, _ options: String...) throws -> Data {
    let run = try DivarProcess(
      [
        "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "1", "--image-size",
        "16", "--batch-size", "8", "--augment",
      ] + options)
    try #require(run.exitCode == 0, "\(run.errors)")
    return try Data(contentsOf: URL(filePath: folder.path("\(output)/model.keras")))
  }

  @Test func aCacheChangesNothing() throws {
    let plain = try train("plain")
    let cache = folder.path("photos.cache")
    #expect(try train("first", "--cache", cache) == plain)
    let written = try FileManager.default.attributesOfItem(atPath: cache)[.modificationDate] as? Date
    #expect(try train("second", "--cache", cache) == plain)
    #expect(try FileManager.default.attributesOfItem(atPath: cache)[.modificationDate] as? Date == written)
    // Without duplicates the careful split is the usual one.
    #expect(try train("careful", "--duplicates-together") == plain)
  }

  /// A folder that is split already keeps its parts.
  @Test func partsOfAFolderAreKept() throws {
    for (part, count) in [("train", 6), ("val", 3), ("test", 2)] {
      try folder.makePhotos("parts/\(part)", classes: ["cat", "dog"], count: count)
    }
    func train(_ output: String, _ options: String...) throws -> DivarProcess {
      try DivarProcess(
        [
          "train", "--data", folder.path("parts"), "--output", folder.path(output), "--epochs", "1", "--image-size",
          "16",
          "--batch-size", "8",
        ] + options)
    }
    let whole = try train("whole", "--keep", "best", "--normalize")
    #expect(whole.exitCode == 0 && !whole.errors.contains("taken as classes"), "\(whole.errors)")
    #expect(whole.output.contains("22 photos of 2 classes: 12 to train, 6 to validate, 4 to test"), "\(whole.output)")
    #expect(whole.output.contains("It was chosen by the validation photos."), "\(whole.output)")
    for option in [["--test-share", "0.3"], ["--stratify"], ["--split-seed", "3"], ["--duplicates-together"]] {
      let run = try DivarProcess(
        ["train", "--data", folder.path("parts"), "--output", folder.path("none")] + option)
      #expect(run.exitCode == 64 && run.errors.contains("\(option[0]) cannot be used with --data"), "\(run.errors)")
    }
    try FileManager.default.removeItem(atPath: folder.path("parts/val"))
    let two = try train("two")
    #expect(two.output.contains("16 photos of 2 classes: 12 to train, 4 to test"), "\(two.output)\(two.errors)")
  }

  @Test func classesAreBalancedOnRequest() throws {
    let models = try [
      train("none"), train("weights", "--balance", "weights"), train("sampling", "--balance", "sampling"),
    ]
    #expect(Set(models).count == 3)
    let wrong = try DivarProcess(
      ["train", "--data", folder.path("photos"), "--output", folder.path("run"), "--balance", "fair"])
    #expect(wrong.exitCode == 64 && wrong.errors.contains("weights"), "\(wrong.errors)")
  }
}
