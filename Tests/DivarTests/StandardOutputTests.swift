import Foundation
import TestSupport
import Testing

/// Standard output is checked, in every command.
@Suite struct StandardOutputTests {
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    folder = try TemporaryFolder()
    photo = try folder.makePhotos("photos", classes: ["cat", "dog"])[0]
    let run = try DivarProcess([
      "train", "--data", folder.path("photos"), "--output", folder.path("run"), "--epochs", "1", "--image-size", "16",
    ])
    try #require(run.exitCode == 0, "\(run.errors)")
  }

  private func commands() -> [[String]] {
    let (model, photos) = (folder.path("run/model.keras"), folder.path("photos"))
    return [
      ["--help"], ["--version"], ["help", "train"], ["predict", model, photo], ["predict", "--json", model, photo],
      ["evaluate", model, "--data", photos], ["summary", model], ["summary"], ["inspect", photos],
      ["demo-data", "--output", folder.path("drawn"), "--per-class", "1"],
      ["bench", "predict", "--steps", "1", "--warm-up", "0", "--batch-size", "1"],
      ["export", model, "--format", "npz"], ["import", model, "--output", folder.path("again.keras")],
      ["train", "--data", photos, "--output", folder.path("other"), "--epochs", "1", "--image-size", "16"],
    ]
  }

  @Test func aFullDeviceIsAnError() throws {
    for command in commands() {
      let process = try DivarProcess.start(
        command, output: FileHandle(forWritingAtPath: "/dev/full"), errors: folder.newFile("errors"))
      process.waitUntilExit()
      let text = try folder.text("errors")
      #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(command): \(text)")
      #expect(text == "Error: cannot write to the standard output: No space left on device\n", "\(command)")
    }
    // The results of a training are kept, although nobody could read what it printed.
    #expect(folder.has("other/report.txt") || !folder.has("other"))
  }

  @Test func aReaderThatHasGoneEndsTheCommandQuietly() throws {
    for command in commands().dropLast() {
      let pipe = Pipe()
      try pipe.fileHandleForReading.close()
      let process = try DivarProcess.start(command, output: pipe, errors: folder.newFile("errors"))
      process.waitUntilExit()
      let status = process.terminationStatus
      #expect(
        process.terminationReason == .uncaughtSignal ? status == SIGPIPE : status == 128 + SIGPIPE,
        "\(command): \(status)")
      #expect(try folder.text("errors").isEmpty, "\(command)")
    }
  }

  @Test func bothStreamsKeepTheirOrder() throws {
    let handle = try folder.newFile("both")
    let process = try DivarProcess.start(
      ["predict", folder.path("run/model.keras"), photo, "missing.jpg", photo], output: handle, errors: handle)
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let lines = try folder.text("both").split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines.map { $0.hasPrefix("Error: missing.jpg") } == [false, true, false], "\(lines)")
  }
}
