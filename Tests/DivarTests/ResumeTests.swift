import Foundation
import TestSupport
import Testing

/// `divar train` that is killed or interrupted, and goes on with `--resume`.
@Suite struct ResumeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("photos"), "--per-class", "4"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
  }

  private func arguments(_ output: String, _ extra: [String]) -> [String] {
    [
      "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "3", "--image-size", "16",
      "--batch-size", "8", "--augment",
    ] + extra
  }

  private func train(_ output: String, _ extra: String...) throws -> DivarProcess {
    try DivarProcess(arguments(output, extra))
  }

  /// Expects the files of two finished trainings to be the same.
  private func expectSame(_ one: String, _ other: String) {
    for name in ["model.keras", "history.csv", "report.txt", "curves.svg"] {
      let (a, b) = (folder.path("\(one)/\(name)"), folder.path("\(other)/\(name)"))
      #expect(FileManager.default.contentsEqual(atPath: a, andPath: b), "\(name)")
    }
  }

  @Test func killedAgainAndAgain() throws {
    let start = ContinuousClock.now
    try #require(train("whole", "--checkpoint-every", "0").exitCode == 0)
    let duration = (ContinuousClock.now - start) / .seconds(1)
    var kills = 0
    for _ in 0..<8 {
      let process = Process()
      process.executableURL = Bundle.main.bundleURL.appending(path: "divar")
      process.arguments = arguments("run", ["--checkpoint-every", "0", "--resume"])
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      usleep(UInt32(Double.random(in: 0.2...0.9) * duration * 1e6))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { kills += 1 }
    }
    let last = try train("run", "--resume")
    #expect(last.exitCode == 0, "\(last.errors)")
    #expect(kills >= 1)
    expectSame("run", "whole")
  }

  @Test func interruptedByTheUser() throws {
    try #require(train("whole").exitCode == 0)
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appending(path: "divar")
    process.arguments = arguments("run", [])
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    // The first epoch has ended; whether the second or the third is under way does not matter.
    let history = folder.path("run/history.csv")
    while process.isRunning && !FileManager.default.fileExists(atPath: history) { usleep(1_000) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)

    let refused = try train("run")
    #expect(refused.exitCode != 0)
    #expect(refused.errors.contains("add --resume to go on with it, or --restart to begin anew"))
    let otherSeed = try train("run", "--resume", "--seed", "2")
    #expect(otherSeed.exitCode != 0)
    #expect(otherSeed.errors.contains("is the checkpoint of another training"), "\(otherSeed.errors)")
    #expect(otherSeed.errors.contains("seed is 2, in the checkpoint it is 1"), "\(otherSeed.errors)")

    let resumed = try train("run", "--resume")
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(resumed.output.contains("Resumed from \(folder.path("run/checkpoints/step-"))"))
    expectSame("run", "whole")
  }

  @Test func moreEpochsOrAnew() throws {
    try #require(train("whole").exitCode == 0)
    try #require(train("run", "--epochs", "2").exitCode == 0)
    let resumed = try train("run", "--resume")
    #expect(resumed.output.contains("epoch 3"), "\(resumed.output)")
    expectSame("run", "whole")
    let again = try train("run", "--restart")
    #expect(!again.output.contains("Resumed"))
    expectSame("run", "whole")
    #expect(try train("run", "--restart", "--resume").exitCode == 64)
    #expect(try train("run", "--checkpoint-every", "-1").exitCode == 64)
  }
}
