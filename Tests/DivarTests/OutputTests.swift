import Foundation
import Kilim
import TestSupport
import Testing

/// What a command writes: refused before the work begins, and never in the place of what somebody else wrote.
@Suite struct OutputTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog"])
    model = folder.path("model.keras")
    let network = try Sequential(input: [3, 16, 16]) {
      Flatten()
      Dense(2, activation: .softmax)
    }
    try network.save(to: model)
  }

  private func train(_ output: String, _ extra: String...) -> [String] {
    ["train", "--data", folder.path("photos"), "--output", output, "--epochs", "1", "--image-size", "16"] + extra
  }

  /// The commands that write one file, with the words before its name.
  private func writers() -> [[String]] {
    [
      ["export", model, "--format", "npz", "--output"], ["import", model, "--output"],
      ["inspect", folder.path("photos"), "-o"],
    ]
  }

  @Test func aFileIsReplacedOnRequestAlone() throws {
    for writer in writers() {
      let path = folder.path("mine.png")
      try "mine".write(toFile: path, atomically: false, encoding: .utf8)
      try expectError(writer + [path], "mine.png", "exists already", "--overwrite")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
      let run = try DivarProcess(writer + [path, "--overwrite"])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect((try? String(contentsOfFile: path, encoding: .utf8)) != "mine")
      try FileManager.default.removeItem(atPath: path)
      #expect(try DivarProcess(writer + [path]).exitCode == 0)
      try FileManager.default.removeItem(atPath: path)
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsRefused() throws {
    try FileManager.default.createDirectory(atPath: folder.path("a.png"), withIntermediateDirectories: false)
    try "mine".write(toFile: folder.path("file"), atomically: false, encoding: .utf8)
    let before = try folder.content()
    for writer in writers() {
      try expectError(writer + [folder.path("a.png")], "a.png", "is a folder")
      try expectError(writer + [folder.path("none/x.png")], "none", "does not exist")
      try expectError(writer + [folder.path("file/x.png")], "--output", "file/x.png", "ot a directory")
      try expectError(writer + ["/proc/x.png"], "--output", "/proc/x.png")
      try expectError(writer + [folder.path(String(repeating: "x", count: 300) + ".png")], "--output", "too long")
      try expectError(writer + ["/dev/null"], "/dev/null")
    }
    #expect(try folder.content() == before)
  }

  @Test func theModelItselfIsNoOutput() throws {
    let bytes = try Foundation.Data(contentsOf: URL(filePath: model))
    try FileManager.default.createSymbolicLink(atPath: folder.path("link.keras"), withDestinationPath: model)
    for path in [model, folder.path("link.keras")] {
      try expectError(["import", model, "--output", path, "--overwrite"], "itself")
      try expectError(["export", model, "--format", "npz", "--output", path, "--overwrite"], "itself")
    }
    #expect(try Foundation.Data(contentsOf: URL(filePath: model)) == bytes)
  }

  /// Photos, a home folder, one letter: what no training wrote stays as it is.
  @Test func aTrainingNeverFillsAFolderOfOtherThings() throws {
    try folder.makePhotos("other", classes: ["a", "b"], count: 1)
    for name in ["report.txt", "model.keras", ".bashrc"] {
      try FileManager.default.createDirectory(atPath: folder.path("home-\(name)"), withIntermediateDirectories: false)
      try "mine".write(toFile: folder.path("home-\(name)/\(name)"), atomically: false, encoding: .utf8)
    }
    let before = try folder.content()
    for output in ["other", "home-report.txt", "home-model.keras", "home-.bashrc", "."] {
      for extra in ["", "--resume", "--restart"] {
        let arguments = train(folder.path(output)) + (extra.isEmpty ? [] : [extra])
        try expectError(arguments, "no training has written")
      }
    }
    #expect(try folder.content() == before)
    // What every folder of a system may hold is no obstacle.
    for name in ["new/lost+found", "new/@eaDir"] {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    }
    let run = try DivarProcess(train(folder.path("new")))
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  @Test func anEarlierTrainingIsReplacedOnRequestAlone() throws {
    let run = folder.path("run")
    try #require(DivarProcess(train(run)).exitCode == 0)
    try FileManager.default.removeItem(atPath: "\(run)/checkpoints")
    try "mine".write(toFile: "\(run)/notes.txt", atomically: false, encoding: .utf8)
    let before = try folder.content(of: "run")
    try expectError(train(run), "--restart")
    try expectError(train(run, "--resume"), "no checkpoints to continue from", "--restart")
    #expect(try folder.content(of: "run") == before)
    let again = try DivarProcess(train(run, "--restart", "--seed", "5"))
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(try String(contentsOfFile: "\(run)/notes.txt", encoding: .utf8) == "mine")
    #expect(try folder.content(of: "run")["model.keras"] != before["model.keras"])
  }

  @Test func aCacheNeverReplacesAnotherFile() throws {
    try "mine".write(toFile: folder.path("my.txt"), atomically: false, encoding: .utf8)
    try expectError(train(folder.path("run"), "--cache", folder.path("my.txt")), "my.txt")
    try expectError(train(folder.path("run"), "--cache", folder.path("photos")), "--cache", "is a folder")
    try expectError(train(folder.path("run"), "--cache", folder.path("none/c")), "--cache", "does not exist")
    #expect(try String(contentsOfFile: folder.path("my.txt"), encoding: .utf8) == "mine")
    #expect(!folder.has("run"))
  }

  /// The output in the data, however it is named: refused before anything is made.
  @Test func theOutputDoesNotLieInTheData() throws {
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: folder.path("photos"))
    try manager.createDirectory(atPath: folder.path("elsewhere"), withIntermediateDirectories: false)
    try manager.copyItem(atPath: folder.path("photos/cat/0.jpg"), toPath: folder.path("elsewhere/0.jpg"))
    try manager.createSymbolicLink(atPath: folder.path("photos/fish"), withDestinationPath: folder.path("elsewhere"))
    let before = try folder.content()
    let inside = URL(filePath: folder.path("photos"))
    for output in ["photos", "photos/run", "photos/cat/run", "link/run", "photos/../photos/new/run", "elsewhere/run"] {
      try expectError(train(folder.path(output)), "lies in the folder of photos")
    }
    for output in [".", "run", "cat/../dog/run"] {
      let arguments = ["train", "--data", ".", "--output", output, "--epochs", "1", "--image-size", "16"]
      try expectError(arguments, "lies in the folder of photos", folder: inside)
      try expectError(["inspect", ".", "--output", "cat/sheet.png"], "lies in the folder of photos", folder: inside)
    }
    try expectError(train(folder.path("run"), "--cache", folder.path("photos/cat/c.cache")), "lies in", "--cache")
    try expectError(train(folder.path("run"), "--cache", folder.path("elsewhere/c.cache")), "lies in", "--cache")
    try expectError(["inspect", folder.path("photos"), "-o", folder.path("link/sheet.png")], "lies in")
    #expect(try folder.content() == before)
  }

  @Test func aFailedPictureIsAWarning() throws {
    // A folder in the place of the picture: it cannot be written, also not by root.
    let run = folder.path("run")
    try #require(DivarProcess(train(run)).exitCode == 0)
    for name in ["curves.png", "samples.png"] {
      try FileManager.default.removeItem(atPath: "\(run)/\(name)")
      try FileManager.default.createDirectory(atPath: "\(run)/\(name)", withIntermediateDirectories: false)
    }
    let again = try DivarProcess(train(run, "--restart", "--seed", "5"))
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(again.errors.contains("Warning: the picture \(run)/curves.png is missing"), "\(again.errors)")
    #expect(folder.has("run/report.txt") && folder.has("run/model.keras") && folder.has("run/confusion.png"))
  }
}
