import Data
import Foundation
import TestSupport
import Testing

/// Wrong input: a clear error, a non-zero exit code, no crash and no half-written file.
@Suite struct WrongInputTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func train(_ data: String, _ extra: String...) -> [String] {
    // An option is given once.
    let usual = [("--epochs", "1"), ("--image-size", "16")].filter { !extra.contains($0.0) }.flatMap { [$0.0, $0.1] }
    return ["train", "--data", folder.path(data), "--output", folder.path("run"), "--restart"] + usual + extra
  }

  @Test func folders() throws {
    try expectError(train("missing"), folder.path("missing"))
    try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: true)
    try expectError(train("empty"), folder.path("empty"), "class")
    try folder.makePhotos("single", classes: ["cat"])
    try expectError(train("single"), folder.path("single"), "class")
    try folder.makePhotos("hollow", classes: ["cat", "dog"])
    try FileManager.default.createDirectory(atPath: folder.path("hollow/fish"), withIntermediateDirectories: true)
    try expectError(train("hollow"), folder.path("hollow/fish"))
  }

  @Test func classOfOnePhotoTrains() throws {
    try folder.makePhotos("photos", classes: ["cat", "dog"])
    try folder.makePhotos("photos", classes: ["fish"], count: 1)
    let run = try DivarProcess(train("photos"))
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  @Test func unreadablePhotos() throws {
    let photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
    let whole = try Foundation.Data(contentsOf: URL(filePath: photo))
    // The frame header of a JPEG: FF C0, two bytes of length, one of precision, two of height, two of width.
    var huge = whole
    let frame = try #require(huge.firstRange(of: Foundation.Data([0xFF, 0xC0]))).lowerBound
    huge.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let damaged: [(Foundation.Data, String)] = [
      (Foundation.Data("<html>no photo</html>".utf8), "text"), (whole.dropLast(30), "JPEG"),
      (Foundation.Data(), "zero bytes"), (huge, "pixels"),
    ]
    for (bytes, word) in damaged {
      try bytes.write(to: URL(filePath: photo))
      try expectError(train("photos"), photo, word)
      let skipping = try DivarProcess(train("photos", "--skip-unreadable"))
      #expect(skipping.exitCode == 0, "\(skipping.errors)")
      #expect(skipping.output.contains("left out: \(photo)"))
    }
  }

  @Test func arguments() throws {
    try folder.makePhotos("photos", classes: ["cat", "dog"])
    try expectError(train("photos", "--epochs", "0"), "--epochs", "0")
    try expectError(train("photos", "--batch-size", "0"), "--batch-size", "0")
    try expectError(train("photos", "--image-size", "8"), "--image-size", "8")
    try expectError(train("photos", "--test-share", "1.5"), "--test-share", "1.5")
    try expectError(train("photos", "--seed=-1"), "-1")
    try expectError(["help", "trian"], "'trian' is not a command of divar. Did you mean 'train'?")
    #expect(try DivarProcess(["help", "train"]).output.contains("--epochs"))
  }

  @Test func outputThatCannotBeWritten() throws {
    try folder.makePhotos("photos", classes: ["cat", "dog"])
    let file = folder.path("file")
    try "not a folder".write(toFile: file, atomically: true, encoding: .utf8)
    try expectError(["train", "--data", folder.path("photos"), "--output", "\(file)/run"], "\(file)/run")
    try expectError(["train", "--data", folder.path("photos"), "--output", "/proc/run"], "/proc/run")
    try expectError(["demo-data", "--output", file, "--per-class", "1"], file, "it is not a folder")
    try expectError(["inspect", file], file, "found no rows, expected a row for each photo")
  }

  @Test func models() throws {
    let photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
    try #require(DivarProcess(train("photos")).exitCode == 0)
    let model = folder.path("run/model.keras")
    try folder.makePhotos("others", classes: ["cat", "fish"])
    try expectError(["evaluate", model, "--data", folder.path("others")], "fish", "dog")

    let cut = folder.path("cut.keras")
    let bytes = try Foundation.Data(contentsOf: URL(filePath: model))
    try bytes.prefix(bytes.count / 2).write(to: URL(filePath: cut))
    try expectError(["predict", cut, photo], cut)
    try expectError(["evaluate", cut, "--data", folder.path("photos")], cut)
    try expectError(["summary", folder.path("missing.keras")], folder.path("missing.keras"))
    try expectError(["predict", photo, photo], photo)
    try expectError(["predict", model, folder.path("missing.jpg")], folder.path("missing.jpg"))
  }
}
