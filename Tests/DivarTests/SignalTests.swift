import Foundation
import TestSupport
import Testing

/// The signals that ask for an end, and two trainings in one folder. Trainings here never end by themselves, so that what
/// a test does beside one never comes too late.
@Suite struct SignalTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog"])
  }

  private func arguments(_ output: String, epochs: Int = 1_000_000, _ extra: String...) -> [String] {
    [
      "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "\(epochs)",
      "--image-size", "16", "--checkpoint-every", "0",
    ] + extra
  }

  /// Waits until an epoch is over.
  private func waitForEpoch(_ process: Process, _ output: String) throws {
    try DivarProcess.wait(for: process) { folder.has("\(output)/history.csv") }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
  func aTrainingWritesWhatItHasReached(number: Int32) throws {
    let process = try DivarProcess.start(
      arguments("run"), output: folder.newFile("output"), errors: folder.newFile("errors"))
    try waitForEpoch(process, "run")
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + number)
    for name in ["model.keras", "report.txt", "curves.png", "history.csv"] {
      #expect(folder.has("run/\(name)"), "\(name)")
    }
    #expect(try folder.text("output").contains("the same command with --resume continues"))
    #expect(try folder.text("errors").contains("stopping after the current step"))
    let epochs = try folder.text("run/history.csv").split(separator: "\n").count
    let resumed = try DivarProcess(arguments("run", epochs: epochs, "--resume"))
    #expect(resumed.exitCode == 0 && resumed.output.contains("Resumed from"), "\(resumed.errors)")
  }

  /// Ctrl-\: no results, and no report of the threads by the runtime of Swift.
  @Test func quitEndsATrainingAtOnce() throws {
    let process = try DivarProcess.start(
      arguments("run"), output: folder.newFile("output"), errors: folder.newFile("errors"))
    try waitForEpoch(process, "run")
    kill(process.processIdentifier, SIGQUIT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 131)
    #expect(!folder.has("run/model.keras"))
    #expect(try !folder.text("errors").contains("acktrac"))
  }

  /// A photo that is deleted during the training is no unreadable one of before.
  @Test func aLostPhotoEndsAStreamedTraining() throws {
    let process = try DivarProcess.start(
      arguments("run", "--photo-memory", "1K", "--skip-unreadable"), output: folder.newFile("output"),
      errors: folder.newFile("errors"))
    try waitForEpoch(process, "run")
    let photo = folder.path("photos/cat/0.jpg")
    try FileManager.default.moveItem(atPath: photo, toPath: folder.path("0.jpg"))
    process.waitUntilExit()
    let errors = try folder.text("errors")
    #expect(process.terminationReason == .exit && process.terminationStatus == 1)
    #expect(errors.contains("0.jpg: found no readable file") && errors.contains("put it back as it"), "\(errors)")
    #expect(!errors.contains("--skip-unreadable"), "\(errors)")
    try FileManager.default.moveItem(atPath: folder.path("0.jpg"), toPath: photo)
    let epochs = try folder.text("run/history.csv").split(separator: "\n").count
    let resumed = try DivarProcess(
      arguments("run", epochs: epochs, "--resume", "--photo-memory", "1K", "--skip-unreadable"))
    #expect(resumed.exitCode == 0 && resumed.output.contains("Resumed from"), "\(resumed.errors)")
  }

  /// `nohup` goes on ignoring a hangup.
  @Test func anIgnoredHangupStaysIgnored() throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let divar = Bundle.main.bundleURL.appending(path: "divar").path
    process.arguments = ["-c", "trap '' HUP; exec \"$0\" \"$@\"", divar] + arguments("run")
    process.standardOutput = try folder.newFile("output")
    process.standardError = try folder.newFile("errors")
    try process.run()
    try waitForEpoch(process, "run")
    kill(process.processIdentifier, SIGHUP)
    let epochs = try folder.text("run/history.csv").split(separator: "\n").count
    try DivarProcess.wait(for: process) { try folder.text("run/history.csv").split(separator: "\n").count > epochs + 2 }
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + SIGTERM)
  }

  private static let canMakeContainers: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    process.arguments = ["--pid", "--fork", "true"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  /// The system ignores these signals for the first process of a container that does not handle them.
  @Test(.enabled(if: canMakeContainers), arguments: [SIGINT, SIGTERM])
  func theFirstProcessOfAContainerEndsToo(number: Int32) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    let divar = Bundle.main.bundleURL.appending(path: "divar").path
    process.arguments = ["--pid", "--fork", divar] + arguments("run")
    process.standardOutput = try folder.newFile("output")
    process.standardError = try folder.newFile("errors")
    try process.run()
    try waitForEpoch(process, "run")
    let parent = process.processIdentifier
    let children = try String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)
    let child = try #require(children.split(separator: " ").first.flatMap { Int32($0) })
    kill(child, number)
    process.waitUntilExit()
    #expect(process.terminationStatus == 128 + number)
    #expect(folder.has("run/model.keras"))
  }

  @Test func aSecondTrainingInTheFolderIsRefused() throws {
    let first = try DivarProcess.start(arguments("run"))
    try waitForEpoch(first, "run")
    for extra in [[], ["--resume"], ["--restart"]] {
      try expectError(arguments("run") + extra, "in use", "process \(first.processIdentifier)")
    }
    let epochs = try folder.text("run/history.csv").split(separator: "\n").count
    try DivarProcess.wait(for: first) { try folder.text("run/history.csv").split(separator: "\n").count > epochs + 2 }
    kill(first.processIdentifier, SIGKILL)
    first.waitUntilExit()
    // What a killed process leaves does not keep others out; fewer epochs than are done are refused.
    try expectError(arguments("run", epochs: 1, "--resume"), "epochs")
    let done = try folder.text("run/history.csv").split(separator: "\n").count
    let resumed = try DivarProcess(arguments("run", epochs: done + 1, "--resume"))
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
  }
}
